import type { RunId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OutputRef, RunEnd, RunRecorder } from '../modules/pipelines/index.ts'
import {
  childRuns,
  type CodeState,
  type DataRef,
  ensureExperiment,
  type Environment,
  findRun,
  finishRun,
  type MetricEntry,
  recordFinishedSteps,
  startRun,
  type TrackingContext,
} from '../modules/tracking/index.ts'

/** What is the same for every run of this process. */
export interface RunSurroundings {
  readonly environment: Environment
  readonly code: CodeState
  readonly command: readonly string[]
}

const statuses = { finished: 'FINISHED', failed: 'FAILED', killed: 'KILLED' } as const satisfies Record<RunEnd, string>

type Refs = Readonly<Record<string, OutputRef>>
const toData = (refs: Refs): Readonly<Record<string, DataRef>> => refs
const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

interface PipelineResult {
  readonly metrics: Readonly<Record<string, number>>
  readonly summary: string | undefined
}

/** The step kinds whose results are the result of the pipeline. */
const resultKinds = new Set(['evaluate', 'register', 'predict', 'notify'])

/** Writes what pipelines report to tracking: the pipeline run is the parent, each step a child. */
export function createRecorder(tracking: TrackingContext, surroundings: () => Promise<RunSurroundings>): RunRecorder {
  const experiments = new Map<RunId, string>()
  const steps = new Map<RunId, { readonly pipelineRunId: RunId; readonly kind: string }>()
  const results = new Map<RunId, PipelineResult>()
  /** A pipeline run shows what its measuring and registering steps found, so that runs are searched and compared by it. */
  const collect = (pipelineRunId: RunId, kind: string, found: PipelineResult): void => {
    if (!resultKinds.has(kind)) return
    const before = results.get(pipelineRunId)
    results.set(pipelineRunId, {
      metrics: { ...before?.metrics, ...found.metrics },
      summary: [before?.summary, found.summary].filter((text) => text !== undefined).join('; '),
    })
  }
  return {
    async startPipelineRun({ pipeline, file, params, selection }) {
      const { environment, code, command } = await surroundings()
      const experiment = await ensureExperiment(tracking, pipeline)
      const selected = Object.entries(selection).map(([name, value]) => [`baton.${name}`, text(value)])
      const id = await startRun(tracking, {
        experimentId: experiment.id,
        name: pipeline,
        kind: 'pipeline',
        pipeline,
        pipelineFile: file,
        parameters: params,
        environment,
        code,
        command,
        tags: Object.fromEntries(selected),
      })
      experiments.set(id, experiment.id)
      return id
    },
    async startStepRun({ pipelineRunId, pipeline, step, kind, key, params, inputs, reason }) {
      const { environment, code } = await surroundings()
      const id = await startRun(tracking, {
        ...(experiments.has(pipelineRunId) ? { experimentId: experiments.get(pipelineRunId)! } : {}),
        parentId: pipelineRunId,
        name: step,
        kind: 'step',
        pipeline,
        step,
        cacheKey: key,
        parameters: params,
        environment,
        code,
        inputs: toData(inputs),
        tags: { 'baton.step_kind': kind, 'baton.reason': reason },
      })
      steps.set(id, { pipelineRunId, kind })
      return id
    },
    async finishStepRun(runId, { state, outputs, metrics, points, tags, summary, logFile, error }) {
      const step = steps.get(runId)
      if (step) collect(step.pipelineRunId, step.kind, { metrics, summary })
      const curves = points.map(({ name, ...point }): MetricEntry => ({ key: name, ...point }))
      const last = Object.entries(metrics)
        .filter(([name]) => !curves.some((point) => point.key === name))
        .map(([key, value]): MetricEntry => ({ key, value }))
      await finishRun(tracking, runId, {
        status: statuses[state],
        outputs: toData(outputs),
        metrics: [...curves, ...last],
        tags: {
          ...tags,
          ...(summary === undefined ? {} : { 'baton.summary': summary }),
          ...(logFile === undefined ? {} : { 'baton.log': logFile }),
        },
        ...(error === undefined ? {} : { error }),
      })
    },
    async recordCached(pipelineRunId, cached) {
      for (const { kind, metrics, summary } of cached) collect(pipelineRunId, kind, { metrics, summary })
      return recordFinishedSteps(
        tracking,
        pipelineRunId,
        cached.map(({ step, kind, key, sourceRunId, inputs, outputs, metrics, summary }) => ({
          step,
          cacheKey: key,
          inputs: toData(inputs),
          outputs: toData(outputs),
          metrics,
          tags: {
            'baton.step_kind': kind,
            'baton.source_run': sourceRunId,
            ...(summary === undefined ? {} : { 'baton.summary': summary }),
          },
        })),
      )
    },
    async finishPipelineRun(runId, { state, steps: counts, error }) {
      const { metrics = {}, summary } = results.get(runId) ?? {}
      await finishRun(tracking, runId, {
        status: statuses[state],
        metrics,
        tags: {
          ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [`baton.steps_${name}`, String(count)])),
          ...(summary === undefined ? {} : { 'baton.summary': summary }),
        },
        ...(error === undefined ? {} : { error }),
      })
    },
    async abandonPipelineRun(runId) {
      const gone = { code: 'tracking.process_gone', message: 'Its process ended without finishing the run.' }
      const pipelineRun = await findRun(tracking, runId)
      for (const run of [...(await childRuns(tracking, runId)), ...(pipelineRun ? [pipelineRun] : [])]) {
        if (run.status === 'RUNNING') await finishRun(tracking, run.id, { status: 'KILLED', error: gone })
      }
    },
  }
}
