import type { Run, RunDatum } from '../run.ts'

/** What a learner's data is used for. */
export const dataRoles = ['train', 'validation', 'test'] as const
export type DataRole = (typeof dataRoles)[number]

/** The names under which splits, steps and MLflow clients pass such data on. */
const names: Readonly<Record<string, DataRole>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
  testing: 'test',
}

function roleOfName(name: string): DataRole | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(names, key) ? names[key] : undefined
}

function sameData(a: RunDatum, b: RunDatum): boolean {
  return a.digest === b.digest && a.dataset === b.dataset && a.version === b.version
}

/**
 * The train, validation and test data of a pipeline: what a step hands on under such a name (a split), or, where no
 * step does, what a step reads under it.
 */
export function findRoleData(runs: readonly Run[]): ReadonlyMap<DataRole, readonly RunDatum[]> {
  const found = new Map<DataRole, RunDatum[]>()
  const add = (role: DataRole, datum: RunDatum): void => {
    const known = found.get(role) ?? []
    if (!known.some((other) => sameData(other, datum))) found.set(role, [...known, datum])
  }
  const isData = ({ kind }: RunDatum): boolean => kind === 'table' || kind === 'files' || kind === 'dataset'
  for (const direction of ['outputs', 'inputs'] as const) {
    const settled = new Set(found.keys())
    for (const datum of runs.flatMap((run) => run[direction]).filter(isData)) {
      const role = roleOfName(datum.name)
      if (role !== undefined && !settled.has(role)) add(role, datum)
    }
  }
  return found
}

/**
 * The data that a step's metrics were computed on, when there is no doubt: the input that it reads under a name of
 * its own (`data: split.test`), or its only input. A step that reads train and validation data alike says it in the
 * metric's name.
 */
export function roleOfMetrics(run: Run, roles: ReadonlyMap<DataRole, readonly RunDatum[]>): DataRole | undefined {
  const inputs = run.inputs.filter((input) => roleOfData(input, roles) !== undefined)
  const named = inputs.filter((input) => roleOfName(input.name) === undefined)
  const deciding = named.length > 0 ? named : inputs
  const found = new Set(deciding.map((input) => roleOfData(input, roles)))
  return found.size === 1 ? [...found][0] : undefined
}

function roleOfData(datum: RunDatum, roles: ReadonlyMap<DataRole, readonly RunDatum[]>): DataRole | undefined {
  return dataRoles.find((role) => roles.get(role)?.some((other) => sameData(other, datum)))
}
