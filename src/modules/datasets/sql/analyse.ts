import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlText } from '../../checks/index.ts'

/** What the syntax tree of a query says about whether it gives the same table twice. */
export interface SqlShape {
  /** Functions and names that depend on the time, on chance or on the session; with their offset in the text. */
  readonly volatile: readonly { readonly name: string; readonly offset: number | undefined }[]
  /** The result depends on the order in which rows arrive: float sums, lists, first, windows. */
  readonly orderSensitive: boolean
  /** The outermost query has an ORDER BY. */
  readonly ordered: boolean
  /** Some query has a LIMIT or OFFSET and no ORDER BY. */
  readonly limitWithoutOrder: boolean
  readonly sampled: boolean
}

export type Analysis =
  | { readonly kind: 'query'; readonly shape: SqlShape }
  | { readonly kind: 'not_a_query' }
  | { readonly kind: 'several' }
  | { readonly kind: 'syntax_error' }

type Node = { readonly [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Aggregates whose result does not depend on the order of their rows, for any type. */
const orderFree = new Set(
  'count count_star count_if countif min max bool_and bool_or bit_and bit_or bit_xor approx_count_distinct quantile_disc quantile_cont quantile median mad'.split(
    ' ',
  ),
)

/** Names that act as functions without brackets, or hide one in a macro. */
const alsoVolatile = [
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'ago',
  'getvariable',
  'current_setting',
  'pg_postmaster_start_time',
  'getenv',
]

async function functionNames(session: TableSession) {
  const rows = await session.rows<{ name: string; aggregate: boolean; volatile: boolean }>(
    `SELECT DISTINCT function_name AS name, function_type = 'aggregate' AS aggregate,
       coalesce(stability, 'CONSISTENT') <> 'CONSISTENT' AS volatile FROM duckdb_functions()`,
  )
  return {
    aggregates: new Set(rows.filter((row) => row.aggregate).map((row) => row.name)),
    volatile: new Set(
      [...rows.filter((row) => row.volatile).map((row) => row.name), ...alsoVolatile].filter(
        (name) => name !== 'error',
      ),
    ),
  }
}

function* walk(value: unknown): Iterable<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item)
  } else if (isNode(value)) {
    yield value
    for (const item of Object.values(value)) yield* walk(item)
  }
}

function nameOf(node: Node): string | undefined {
  if (typeof node['function_name'] === 'string') return node['function_name'].toLowerCase()
  const columns = node['column_names']
  return Array.isArray(columns) && columns.length === 1 ? String(columns[0]).toLowerCase() : undefined
}

function modifiersOf(node: Node): readonly string[] {
  const modifiers = node['modifiers']
  return Array.isArray(modifiers) ? modifiers.filter(isNode).map((modifier) => String(modifier['type'])) : []
}

function isOrderSensitive(node: Node, aggregates: ReadonlySet<string>): boolean {
  if (node['class'] === 'WINDOW') return true
  if (node['class'] !== 'FUNCTION') return false
  const name = nameOf(node)
  return name !== undefined && aggregates.has(name) && !orderFree.has(name)
}

/** Reads the syntax tree of an SQL text. */
export async function analyseSql(session: TableSession, sql: string): Promise<Analysis> {
  const [row] = await session.rows<{ tree: string }>(`SELECT json_serialize_sql(${sqlText(sql)}) AS tree`)
  const tree = JSON.parse(row?.tree ?? '{}') as {
    error?: boolean
    error_type?: string
    statements?: readonly { node: Node }[]
  }
  if (tree.error) return { kind: tree.error_type === 'not implemented' ? 'not_a_query' : 'syntax_error' }
  const statements = tree.statements ?? []
  if (statements.length !== 1) return { kind: statements.length === 0 ? 'not_a_query' : 'several' }
  const names = await functionNames(session)
  const top = statements[0]!.node
  const nodes = [...walk(top)]
  const bare = new Set(alsoVolatile)
  return {
    kind: 'query',
    shape: {
      volatile: nodes.flatMap((node) => {
        const name = nameOf(node)
        if (name === undefined) return []
        const hit =
          node['class'] === 'FUNCTION' ? names.volatile.has(name) : node['class'] === 'COLUMN_REF' && bare.has(name)
        const offset = node['query_location']
        return hit ? [{ name, offset: typeof offset === 'number' && offset < sql.length ? offset : undefined }] : []
      }),
      orderSensitive: nodes.some((node) => isOrderSensitive(node, names.aggregates)),
      ordered: modifiersOf(top).includes('ORDER_MODIFIER'),
      limitWithoutOrder: nodes.some((node) => {
        const modifiers = modifiersOf(node)
        return modifiers.some((type) => type.startsWith('LIMIT')) && !modifiers.includes('ORDER_MODIFIER')
      }),
      sampled: nodes.some((node) => isNode(node['sample'])),
    },
  }
}
