import type { ErrorKind } from '../../kernel/errors.ts'
import type { PlanOutcome, RunOutcome } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { argument, countOption, flagOption, pairsOption, textOption } from '../input.ts'
import { openStepProgress } from '../open-progress.ts'
import { formatPlan, formatRunOutcome } from '../print/run-outcome.ts'

type Outcome =
  | { readonly kind: 'plan'; readonly plan: PlanOutcome }
  | { readonly kind: 'run'; readonly run: RunOutcome }

function failureCode(run: RunOutcome): number {
  if (run.state === 'finished') return 0
  if (run.state === 'stopped') return exitCodes.interrupted
  const kind: ErrorKind = run.steps.find((step) => step.state === 'failed')?.error?.kind ?? 'internal'
  return exitCodes[kind]
}

export const runAction = defineAction<Outcome>({
  async run(shell, input) {
    const force = input.options['force']
    const only = textOption(input, 'only')
    const jobs = countOption(input, 'jobs')
    const request = {
      pipeline: argument(input, 0),
      params: pairsOption(input, 'param'),
      ...(force === true ? { force: true as const } : {}),
      ...(typeof force === 'string' ? { force: [force] } : {}),
      ...(only === undefined ? {} : { only }),
    }
    const app = await shell.app()
    if (flagOption(input, 'dryRun')) return { kind: 'plan', plan: await app.planPipeline(request) }
    const view = openStepProgress(shell)
    try {
      const run = await app.runPipeline({
        ...request,
        ...(jobs === undefined ? {} : { jobs }),
        keepGoing: flagOption(input, 'keepGoing'),
        signal: shell.signal,
        onEvent: view.show,
      })
      return { kind: 'run', run }
    } finally {
      view.close()
    }
  },
  text: (outcome, screen) =>
    outcome.kind === 'plan' ? formatPlan(screen, outcome.plan) : formatRunOutcome(screen, outcome.run),
  json: (outcome) => (outcome.kind === 'plan' ? outcome.plan : outcome.run),
  exitCode: (outcome) => (outcome.kind === 'plan' ? 0 : failureCode(outcome.run)),
})
