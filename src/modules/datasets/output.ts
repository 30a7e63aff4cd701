import type { OutputRef } from '../pipelines/declare.ts'
import type { Snapshot } from './delta/log.ts'

/** A version as a step's output. */
export function toOutput(snapshot: Snapshot): OutputRef & { readonly kind: 'table' } {
  const { dataset, version, digest, rows } = snapshot
  return { kind: 'table', dataset, version, digest, rows }
}
