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

/** Writes what pipelines report to tracking: the pipeline run is the parent, each step a child. */
export function createRecorder(tracking: TrackingContext, surroundings: () => Promise<RunSurroundings>): RunRecorder {
  const experiments = new Map<RunId, string>()
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
      return startRun(tracking, {
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
    },
    async finishStepRun(runId, { state, outputs, metrics, points, tags, summary, logFile, error }) {
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
    recordCached: (pipelineRunId, steps) =>
      recordFinishedSteps(
        tracking,
        pipelineRunId,
        steps.map(({ step, kind, key, sourceRunId, inputs, outputs, metrics }) => ({
          step,
          cacheKey: key,
          inputs: toData(inputs),
          outputs: toData(outputs),
          metrics,
          tags: { 'baton.step_kind': kind, 'baton.source_run': sourceRunId },
        })),
      ),
    async finishPipelineRun(runId, { state, steps, error }) {
      await finishRun(tracking, runId, {
        status: statuses[state],
        tags: Object.fromEntries(Object.entries(steps).map(([name, count]) => [`baton.steps_${name}`, String(count)])),
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
