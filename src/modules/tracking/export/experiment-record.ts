import { canonicalJson, type Json } from '../../../kernel/json.ts'
import type { Run, RunDatum } from '../run.ts'
import { type DataRole, dataRoles, findRoleData, roleOfMetrics } from './data-roles.ts'

/** One experiment in the 13 fields that a metric tracking file should have at least. */
export interface ExperimentRecord {
  readonly date: string
  /** The commit; `-dirty` is appended when the working tree differed from it. */
  readonly commit: string
  readonly model: string
  readonly params: string
  readonly data: Readonly<Record<DataRole, { readonly size: string; readonly link: string }>>
  /** By column: `rocAuc (test)`, one per metric and dataset. */
  readonly metrics: ReadonlyMap<string, number>
  readonly outputLinks: string
  readonly description: string
  readonly run: string
}

/** How a datum is addressed in a cell. */
export type LinkOf = (datum: RunDatum) => string

/** `customers@3` for a dataset version, its source for one of another system, else the digest. */
export function defaultLink(datum: RunDatum): string {
  if (datum.dataset !== undefined && datum.version !== undefined) return `${datum.dataset}@${datum.version}`
  return datum.source ?? datum.digest
}

/**
 * Folds a run and the runs of its steps into one record: the sizes and links of the train, validation and test data
 * are those of the split, the metrics those of every step, the outputs those of the steps that made models, reports
 * and files.
 */
export function toExperimentRecord(run: Run, steps: readonly Run[], linkOf: LinkOf): ExperimentRecord {
  const all = [run, ...steps]
  const roles = findRoleData(all)
  return {
    date: new Date(run.startedMs).toISOString(),
    commit: describeCommit(run),
    model: describeModel(all),
    params: describeParams(run, steps),
    data: Object.fromEntries(
      dataRoles.map((role) => [role, describeData(role === 'validation' ? all : [], roles.get(role) ?? [], linkOf)]),
    ) as ExperimentRecord['data'],
    metrics: foldMetrics([withOwnMetrics(run, steps), ...steps], roles),
    outputLinks: describeOutputs(all, linkOf),
    description: run.note ?? run.tags['mlflow.note.content'] ?? run.name,
    run: run.id,
  }
}

/** A pipeline run repeats the metrics of its steps; here each counts once, with the data that its step measured on. */
function withOwnMetrics(run: Run, steps: readonly Run[]): Run {
  const measured = new Set(steps.flatMap((step) => step.metrics.map(({ key }) => key)))
  return { ...run, metrics: run.metrics.filter(({ key }) => !measured.has(key)) }
}

function describeCommit(run: Run): string {
  if (run.code === undefined) return ''
  const { commit, dirty, diffDigest } = run.code
  if (commit === undefined) return diffDigest ?? ''
  return dirty ? `${commit}-dirty` : commit
}

/** The registered name and version when a step has registered one, else what a step or a client calls its model. */
function describeModel(all: readonly Run[]): string {
  for (const run of all) {
    for (const { value } of run.outputs) {
      const registered = (typeof value === 'object' && value !== null ? value : {}) as { model?: Json; version?: Json }
      if (typeof registered.model === 'string' && typeof registered.version === 'number') {
        return `${registered.model}@${registered.version}`
      }
    }
  }
  for (const key of ['baton.model', 'estimator_name', 'model_type']) {
    const named = all.find((run) => run.tags[key] !== undefined)?.tags[key]
    if (named !== undefined) return named
  }
  const maker = all.find((run) => run.outputs.some((output) => output.kind === 'model'))
  return maker === undefined ? '' : (maker.pipeline ?? maker.name)
}

/** The run's params, and those that only a step has, under the step's name. */
function describeParams(run: Run, steps: readonly Run[]): string {
  const params: Record<string, Json> = { ...(run.parameters ?? run.params) }
  for (const step of steps) {
    for (const [key, value] of Object.entries(step.parameters ?? step.params)) {
      if (!(key in params)) params[`${step.step ?? step.name}.${key}`] = value
    }
  }
  return Object.keys(params).length === 0 ? '' : canonicalJson(params)
}

function describeData(crossValidated: readonly Run[], data: readonly RunDatum[], linkOf: LinkOf) {
  const folds = crossValidated.find((run) => run.tags['baton.folds'] !== undefined)?.tags['baton.folds']
  // With cross-validation the field's convention is the number of folds, and no link.
  if (data.length === 0 && folds !== undefined) return { size: folds, link: '' }
  return {
    size: data.map((datum) => String(datum.rows ?? datum.files ?? datum.sizeBytes ?? '')).join(' | '),
    link: data.map(linkOf).join(' | '),
  }
}

function foldMetrics(
  all: readonly Run[],
  roles: ReadonlyMap<DataRole, readonly RunDatum[]>,
): ReadonlyMap<string, number> {
  const metrics = new Map<string, number>()
  for (const run of all) {
    const role = roleOfMetrics(run, roles)
    for (const { key, value, datasetName } of run.metrics) {
      const where = datasetName ?? role ?? run.step
      const column = where === undefined ? key : `${key} (${where})`
      // Two steps may measure the same on the same data: both are kept.
      metrics.set(metrics.has(column) ? `${key} (${where ?? 'run'}, ${run.step ?? run.name})` : column, value)
    }
  }
  return metrics
}

function describeOutputs(all: readonly Run[], linkOf: LinkOf): string {
  const links = all.flatMap((run) =>
    run.outputs
      .filter(({ kind }) => kind === 'model' || kind === 'report' || kind === 'files')
      .map((output) => `${run.step === undefined ? '' : `${run.step}.`}${output.name}=${linkOf(output)}`),
  )
  return [...links, ...all.flatMap((run) => (run.artifactUri === undefined ? [] : [run.artifactUri]))].join(' ')
}
