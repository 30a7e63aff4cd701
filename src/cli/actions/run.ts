import type { Plan, RunResult } from '../../modules/pipelines/index.ts'
import type { CliApp, PipelineRequest, Selection } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { argument, type CommandInput, flagOption, pairsOption, textOption } from '../input.ts'
import { openStepProgress } from '../open-progress.ts'
import { formatPlan, formatRunResult } from '../print/run-result.ts'

type Outcome = { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'run'; readonly result: RunResult }

/** The pipeline that was named, or the only one that there is. */
function pipelineOf(input: CommandInput, app: Pick<CliApp, 'listPipelines'>): string {
  const named = argument(input, 0)
  if (named !== '') return named
  const [only, ...others] = app.listPipelines()
  const needs = '"baton run" needs the name of a pipeline'
  if (only === undefined)
    throw new WrongArgumentsError(`${needs}, and this project has none in pipelines/.`, 'baton run')
  if (others.length > 0) {
    throw new WrongArgumentsError(`${needs}: this project has ${[only, ...others].join(', ')}.`, 'baton run')
  }
  return only
}

function requestOf(input: CommandInput, pipeline: string): PipelineRequest & Selection {
  const force = input.options['force']
  const only = textOption(input, 'only')
  const from = textOption(input, 'from')
  return {
    pipeline,
    params: pairsOption(input, 'param'),
    ...(force === true || typeof force === 'string' ? { force } : {}),
    ...(only === undefined ? {} : { only }),
    ...(from === undefined ? {} : { from }),
  }
}

/** A plan without the pipeline's whole text: what `--json` shows. */
function planToJson({ graph, steps }: Plan): unknown {
  return { pipeline: graph.pipeline, file: graph.file, params: graph.params, steps }
}

/** The steps, and of a failed run its error once more at the top, with what leads to its cause. */
function resultToJson(result: RunResult): unknown {
  const failed = result.steps.find((step) => step.failure?.error === result.error && step.failure !== undefined)
  if (result.error === undefined || failed?.failure === undefined) return result
  const { logFile, logTail, rerun } = failed.failure
  const facts = result.error.toJSON()
  const details = { ...facts.details, step: failed.name, ...(logFile ? { log: logFile } : {}), logTail, rerun }
  return { ...result, error: { ...facts, details } }
}

function exitCodeOf(result: RunResult): number {
  switch (result.state) {
    case 'done':
      return 0
    case 'interrupted':
      return exitCodes.interrupted
    case 'failed':
      return exitCodes[result.error?.kind ?? 'internal']
  }
}

export const runAction = defineAction<Outcome>({
  async run(shell, input) {
    const app = await shell.app()
    const request = requestOf(input, pipelineOf(input, app))
    if (flagOption(input, 'dryRun')) return { kind: 'plan', plan: await app.planPipeline(request) }
    const view = openStepProgress(shell)
    try {
      const result = await app.runPipeline({
        ...request,
        keepGoing: flagOption(input, 'keepGoing'),
        signal: shell.signal,
        onEvent: view.show,
      })
      return { kind: 'run', result }
    } finally {
      view.close()
    }
  },
  text: (outcome, screen) =>
    outcome.kind === 'plan' ? formatPlan(screen, outcome.plan) : formatRunResult(screen, outcome.result),
  json: (outcome) => (outcome.kind === 'plan' ? planToJson(outcome.plan) : resultToJson(outcome.result)),
  exitCode: (outcome) => (outcome.kind === 'plan' ? 0 : exitCodeOf(outcome.result)),
})
