/** Operators after which rows are in the order in which they came in. */
const preserving = new Set(
  'PROJECTION FILTER READ_PARQUET PARQUET_SCAN TABLE_SCAN SEQ_SCAN COLUMN_DATA_SCAN DUMMY_SCAN EMPTY_RESULT ORDER_BY TOP_N LIMIT STREAMING_LIMIT STREAMING_WINDOW UNNEST UNGROUPED_AGGREGATE RANGE GENERATE_SERIES EXPRESSION_SCAN'.split(
    ' ',
  ),
)

/** The names of the operators in a plan as the engine prints it in JSON. */
export function operatorsOf(plan: string): readonly string[] {
  const names: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const child of node) visit(child)
    } else if (typeof node === 'object' && node !== null) {
      const { name, children } = node as { name?: unknown; children?: unknown }
      if (typeof name === 'string') names.push(name.trim())
      visit(children)
    }
  }
  visit(JSON.parse(plan))
  return names
}

/** The operators of a plan that may give rows in another order each time; an unknown one counts as such. */
export function orderLosing(plan: string): readonly string[] {
  return operatorsOf(plan).filter((name) => !preserving.has(name))
}
