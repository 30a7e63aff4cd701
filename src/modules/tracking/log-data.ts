import type { RunId } from '../../kernel/ids.ts'
import { inChunks, type Tables, type TrackingContext } from './context.ts'
import { checkKey } from './limits.ts'
import { checkWritable } from './open-run.ts'
import type { DataRef, RunDatum } from './run.ts'
import { toDataRow } from './run-rows.ts'
import type { RunDataRow, TrackingTables } from './tables.ts'

/** Data by the name of its edge, or a list when one name has several. */
export type DataEntries = Readonly<Record<string, DataRef>> | readonly RunDatum[]

/** Records what a run read. The same data under the same name is kept once. */
export async function logInputs(ctx: TrackingContext, id: RunId, inputs: DataEntries): Promise<void> {
  await logData(ctx, id, { table: 'run_inputs', rows: toDataRows(id, inputs, 'input') })
}

/** Records what a run made. The same data under the same name is kept once. */
export async function logOutputs(ctx: TrackingContext, id: RunId, outputs: DataEntries): Promise<void> {
  await logData(ctx, id, { table: 'run_outputs', rows: toDataRows(id, outputs, 'output') })
}

interface DataInsert {
  readonly table: 'run_inputs' | 'run_outputs'
  readonly rows: readonly RunDataRow[]
}

async function logData(ctx: TrackingContext, id: RunId, insert: DataInsert): Promise<void> {
  if (insert.rows.length === 0) return
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    await insertData(tables, insert)
  })
}

/** Inserts inputs or outputs within a transaction. */
export async function insertData(tables: Tables, insert: DataInsert): Promise<void> {
  for (const chunk of inChunks(insert.rows)) {
    await tables
      .insertInto(insert.table)
      .values(chunk)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** The rows of inputs or outputs, checked against the limits. */
export function toDataRows(id: RunId, data: DataEntries, what: 'input' | 'output'): readonly RunDataRow[] {
  const list = isList(data) ? data : Object.entries(data).map(([name, ref]) => ({ ...ref, name }))
  return list.map((datum) => {
    // An MLflow client need not say what a dataset was used for.
    if (datum.name !== '') checkKey(datum.name, what)
    return toDataRow(id, datum)
  })
}

function isList(data: DataEntries): data is readonly RunDatum[] {
  return Array.isArray(data)
}
