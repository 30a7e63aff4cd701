import type { RunId } from '../../kernel/ids.ts'
import { canonicalJson, type Json } from '../../kernel/json.ts'
import { type CompiledInsert, insertCompiled } from './compiled.ts'
import type { Tables, TrackingContext } from './context.ts'
import { ParamChangedError } from './errors.ts'
import { checkKey, fitValue, limits, type TooLong } from './limits.ts'
import { checkWritable } from './open-run.ts'
import type { KeyValueRow, TrackingTables } from './tables.ts'

/**
 * Logs params, all or none. A param is written once: the same value again is fine, another one is refused.
 * A number, boolean or structure is kept as its JSON text.
 */
export async function logParams(
  ctx: TrackingContext,
  id: RunId,
  params: Readonly<Record<string, Json>>,
  options: { readonly tooLong?: TooLong } = {},
): Promise<void> {
  const rows = toParamRows(id, params, options.tooLong ?? 'refuse')
  if (rows.length === 0) return
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    await insertParams(tables, rows)
  })
}

/** The rows of params, checked against the limits. */
export function toParamRows(
  id: RunId,
  params: Readonly<Record<string, Json | undefined>>,
  tooLong: TooLong,
): readonly KeyValueRow[] {
  const given = Object.entries(params).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return given.map(([key, value]) => {
    checkKey(key, 'param')
    const text = typeof value === 'string' ? value : canonicalJson(value)
    return { run_id: id, key, value: fitValue(text, { most: limits.paramCharacters, what: `Param '${key}'`, tooLong }) }
  })
}

/** Inserts params within a transaction. Throws when one is there with another value. */
export async function insertParams(tables: Tables, rows: readonly KeyValueRow[]): Promise<void> {
  const inserted = await insertCompiled(tables, newParam, rows)
  if (inserted !== BigInt(rows.length)) await refuseChanges(tables, rows)
}

const newParam: CompiledInsert<KeyValueRow> = {
  name: 'params',
  columns: ['run_id', 'key', 'value'],
  build: (tables, rows) =>
    tables
      .insertInto('params')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing()),
}

async function refuseChanges(tables: Tables, rows: readonly KeyValueRow[]): Promise<void> {
  for (const row of rows) {
    const query = tables.selectFrom('params').select('value').where('run_id', '=', row.run_id)
    const { value } = await query.where('key', '=', row.key).executeTakeFirstOrThrow()
    if (value !== row.value) {
      throw new ParamChangedError(row.run_id, { key: row.key, logged: value, attempted: row.value })
    }
  }
}
