/** The table engine's type for a type of PostgreSQL, as `format_type` writes it. */
export function toSqlType(type: string): string {
  const decimal = /^numeric\((\d+),(-?\d+)\)$/.exec(type)
  if (decimal && Number(decimal[1]) <= 38 && Number(decimal[2]) >= 0) return `DECIMAL(${decimal[1]},${decimal[2]})`
  const bare = type.replace(/\(\d+\)/, '')
  switch (bare) {
    case 'boolean':
      return 'BOOLEAN'
    case 'smallint':
      return 'SMALLINT'
    case 'integer':
      return 'INTEGER'
    case 'bigint':
      return 'BIGINT'
    case 'real':
      return 'FLOAT'
    // A numeric without digits may hold any number; a double is the closest type that takes all of them.
    case 'double precision':
    case 'numeric':
      return 'DOUBLE'
    case 'date':
      return 'DATE'
    case 'timestamp without time zone':
      return 'TIMESTAMP'
    case 'timestamp with time zone':
      return 'TIMESTAMP WITH TIME ZONE'
    default:
      return 'VARCHAR'
  }
}
