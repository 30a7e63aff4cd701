import { InvalidFilterError } from '../errors.ts'
import type { RunRow } from '../tables.ts'
import type { Identifier } from './comparison.ts'

/** Attributes of a run that can be searched, by MLflow's names and ours. */
const textAttributes = {
  run_id: 'id',
  run_name: 'name',
  'run name': 'name',
  'Run name': 'name',
  'Run Name': 'name',
  user_id: 'user_name',
  status: 'status',
  artifact_uri: 'artifact_uri',
  kind: 'kind',
  pipeline: 'pipeline',
  step: 'step',
  host: 'host',
  commit: 'commit_hash',
  branch: 'branch',
  parent_run_id: 'parent_id',
  error_code: 'error_code',
} as const satisfies Readonly<Record<string, keyof RunRow>>

const numberAttributes = {
  start_time: 'started_ms',
  created: 'started_ms',
  Created: 'started_ms',
  end_time: 'ended_ms',
} as const satisfies Readonly<Record<string, keyof RunRow>>

export interface Attribute {
  readonly column: keyof RunRow
  readonly type: 'text' | 'number'
}

/** The column of an attribute; throws for one that does not exist. */
export function findAttribute(field: Identifier): Attribute {
  const { key } = field
  if (Object.hasOwn(textAttributes, key)) {
    return { column: textAttributes[key as keyof typeof textAttributes], type: 'text' }
  }
  if (Object.hasOwn(numberAttributes, key)) {
    return { column: numberAttributes[key as keyof typeof numberAttributes], type: 'number' }
  }
  const valid = [...Object.keys(textAttributes), ...Object.keys(numberAttributes)]
  throw new InvalidFilterError(`Invalid attribute key '${key}' specified. Valid keys are ${valid.join(', ')}.`, {
    column: field.at + 1,
  })
}

/** MLflow's `dataset.context` is the name of the edge here. */
export const datasetColumns: Readonly<Record<string, 'dataset' | 'digest' | 'name'>> = {
  name: 'dataset',
  digest: 'digest',
  context: 'name',
}
