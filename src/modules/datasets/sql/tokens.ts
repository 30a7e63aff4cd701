/** A `$name` in SQL text. */
export interface ParamUse {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** What may hold a `$` that is no param, and a param, in this order of precedence; sticky. */
const token = new RegExp(
  [
    /--[^\n]*/, // a comment to the end of the line
    /[eE]'(?:[^'\\]|\\.|'')*'?/, // a string with escapes
    /'(?:[^']|'')*'?/, // a string
    /"(?:[^"]|"")*"?/, // a quoted name
    /(?<dollar>\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$)/, // the beginning of a dollar-quoted string
    /\$(?<param>[A-Za-z_][A-Za-z0-9_]*)/,
    /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/, // a name, which may hold a `$`
    /[^]/,
  ]
    .map((part) => part.source)
    .join('|'),
  'y',
)

/** Block comments nest, as in PostgreSQL and DuckDB. */
function endOfComment(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at++) {
    const pair = sql.slice(at, at + 2)
    if (pair === '/*') depth++
    else if (pair === '*/') depth--
    else continue
    at++
    if (depth === 0) return at + 1
  }
  return sql.length
}

/** The params of an SQL text, in order; what is in strings, quoted names and comments is none. */
export function findParams(sql: string): readonly ParamUse[] {
  const found: ParamUse[] = []
  for (let at = 0; at < sql.length; ) {
    if (sql.startsWith('/*', at)) {
      at = endOfComment(sql, at)
      continue
    }
    token.lastIndex = at
    const match = token.exec(sql)!
    const end = at + match[0].length
    const { dollar, param } = match.groups ?? {}
    if (param !== undefined) found.push({ name: param, start: at, end })
    if (dollar !== undefined) {
      const close = sql.indexOf(dollar, end)
      at = close < 0 ? sql.length : close + dollar.length
    } else {
      at = end
    }
  }
  return found
}
