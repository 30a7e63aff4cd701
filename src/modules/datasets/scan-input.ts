import { InternalError } from '../../kernel/errors.ts'
import type { TableScan } from '../../ports/dataset-reader.ts'
import type { StepContext } from '../pipelines/index.ts'
import type { DatasetsContext } from './context.ts'
import { scanSnapshot, snapshotOf } from './reader.ts'

/** A table input of a step, verified and readable. */
export async function scanInput(ctx: DatasetsContext, step: StepContext, name: string): Promise<TableScan> {
  const input = step.inputs[name]
  if (input?.kind !== 'table') throw new InternalError(`The input ${name} of step ${step.node.name} is no table.`)
  return scanSnapshot(ctx, snapshotOf(ctx, input))
}
