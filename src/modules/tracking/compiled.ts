import type { Compilable, CompiledQuery } from 'kysely'

import type { Tables } from './context.ts'

// Building a statement's text costs several times what a database takes to run it. On the paths of logging, the text
// is built once, for each engine and each number of rows, and run with other values.

const texts = new WeakMap<object, Map<string, CompiledQuery>>()

/** The statement under this name, compiled at its first use for the engine behind these tables. */
export function compiledOnce(tables: Tables, name: string, build: () => Compilable): CompiledQuery {
  const { adapter } = tables.getExecutor()
  let known = texts.get(adapter)
  if (known === undefined) texts.set(adapter, (known = new Map()))
  let query = known.get(name)
  if (query === undefined) known.set(name, (query = build().compile()))
  return query
}

/** Runs a compiled statement with these values in the place of those it was built with. */
export async function runCompiled<Row>(
  tables: Tables,
  query: CompiledQuery,
  parameters: readonly unknown[],
): Promise<{ readonly rows: readonly Row[]; readonly changed: bigint }> {
  const { rows, numAffectedRows } = await tables.executeQuery<Row>({ ...query, parameters })
  return { rows, changed: numAffectedRows ?? 0n }
}

/** How an INSERT is compiled: the columns in their order, and the statement for rows that are given. */
export interface CompiledInsert<Row> {
  readonly name: string
  readonly columns: readonly (keyof Row & string)[]
  build(tables: Tables, rows: readonly Row[]): Compilable
}

const mostRows = 256

/** Inserts rows, in statements of 256 rows, 128, 64 and so on; resolves with how many rows were inserted or updated. */
export async function insertCompiled<Row extends object>(
  tables: Tables,
  insert: CompiledInsert<Row>,
  rows: readonly Row[],
): Promise<bigint> {
  let changed = 0n
  let size = mostRows
  for (let first = 0; first < rows.length; first += size) {
    while (size > rows.length - first) size /= 2
    const chunk = rows.slice(first, first + size)
    const query = compiledOnce(tables, `${insert.name} ${size}`, () =>
      insert.build(tables, chunk.map(sameColumns(insert))),
    )
    const values: unknown[] = []
    for (const row of chunk) for (const column of insert.columns) values.push(row[column])
    changed += (await runCompiled(tables, query, values)).changed
  }
  return changed
}

/** The row with the columns in the order of the statement, since that of the first row decides. */
function sameColumns<Row extends object>({ columns }: CompiledInsert<Row>): (row: Row) => Row {
  return (row) => Object.fromEntries(columns.map((column) => [column, row[column]])) as Row
}
