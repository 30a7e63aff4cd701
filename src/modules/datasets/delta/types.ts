import { UnsupportedTypeError } from '../errors.ts'

export type DeltaType =
  | string
  | { readonly type: 'array'; readonly elementType: DeltaType; readonly containsNull: true }
  | {
      readonly type: 'map'
      readonly keyType: DeltaType
      readonly valueType: DeltaType
      readonly valueContainsNull: true
    }
  | { readonly type: 'struct'; readonly fields: readonly DeltaField[] }

export interface DeltaField {
  readonly name: string
  readonly type: DeltaType
  readonly nullable: true
  readonly metadata: Readonly<Record<string, string>>
}

/** How a column is stored: the engine's type after a cast, and Delta's name of it. */
export interface StoredType {
  readonly sqlType: string
  readonly deltaType: DeltaType
}

const scalars: Readonly<Record<string, readonly [sqlType: string, deltaType: string]>> = {
  BOOLEAN: ['BOOLEAN', 'boolean'],
  TINYINT: ['TINYINT', 'byte'],
  SMALLINT: ['SMALLINT', 'short'],
  INTEGER: ['INTEGER', 'integer'],
  BIGINT: ['BIGINT', 'long'],
  UTINYINT: ['SMALLINT', 'short'],
  USMALLINT: ['INTEGER', 'integer'],
  UINTEGER: ['BIGINT', 'long'],
  UBIGINT: ['DECIMAL(20,0)', 'decimal(20,0)'],
  // What sum() of integers gives; a total beyond 64 bits is an error, never a rounded double.
  HUGEINT: ['BIGINT', 'long'],
  UHUGEINT: ['BIGINT', 'long'],
  FLOAT: ['FLOAT', 'float'],
  DOUBLE: ['DOUBLE', 'double'],
  VARCHAR: ['VARCHAR', 'string'],
  BLOB: ['BLOB', 'binary'],
  DATE: ['DATE', 'date'],
  TIMESTAMP: ['TIMESTAMP', 'timestamp_ntz'],
  TIMESTAMP_S: ['TIMESTAMP', 'timestamp_ntz'],
  TIMESTAMP_MS: ['TIMESTAMP', 'timestamp_ntz'],
  TIMESTAMP_NS: ['TIMESTAMP', 'timestamp_ntz'],
  'TIMESTAMP WITH TIME ZONE': ['TIMESTAMP WITH TIME ZONE', 'timestamp'],
  // A column of nothing but NULL has no type of its own.
  '"NULL"': ['VARCHAR', 'string'],
  SQLNULL: ['VARCHAR', 'string'],
}
const asText = /^(UUID|TIME|TIME WITH TIME ZONE|TIME_NS|INTERVAL|BIT|JSON|BIGNUM|ENUM\(.*\))$/

/** Splits at commas that are outside of brackets and quotes. */
function splitFields(text: string): readonly string[] {
  const fields: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '(' || character === '[') depth++
    else if (character === ')' || character === ']') depth--
    else if (character === ',' && depth === 0) {
      fields.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  fields.push(text.slice(start).trim())
  return fields
}

function toField(column: string, text: string): { readonly sql: string; readonly field: DeltaField } {
  const found = /^("(?:[^"]|"")*"|\S+) (.+)$/s.exec(text)
  if (!found) throw new UnsupportedTypeError(column, text)
  const quoted = found[1]!
  const name = quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted
  const stored = toStoredType(column, found[2]!)
  return {
    sql: `${quoted} ${stored.sqlType}`,
    field: { name, type: stored.deltaType, nullable: true, metadata: {} },
  }
}

/** How a column of the engine's type is kept. Types without a Delta counterpart are kept as text. */
export function toStoredType(column: string, sqlType: string): StoredType {
  const scalar = scalars[sqlType]
  if (scalar) return { sqlType: scalar[0], deltaType: scalar[1] }
  const list = /^(.*)\[\d*\]$/s.exec(sqlType)
  if (list) {
    const element = toStoredType(column, list[1]!)
    return {
      sqlType: `${element.sqlType}[]`,
      deltaType: { type: 'array', elementType: element.deltaType, containsNull: true },
    }
  }
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(sqlType)
  if (decimal) return { sqlType, deltaType: `decimal(${decimal[1]},${decimal[2]})` }
  if (asText.test(sqlType)) return { sqlType: 'VARCHAR', deltaType: 'string' }
  if (sqlType.startsWith('STRUCT(')) {
    const fields = splitFields(sqlType.slice('STRUCT('.length, -1)).map((field) => toField(column, field))
    return {
      sqlType: `STRUCT(${fields.map((field) => field.sql).join(', ')})`,
      deltaType: { type: 'struct', fields: fields.map((field) => field.field) },
    }
  }
  if (sqlType.startsWith('MAP(')) {
    const [key, value] = splitFields(sqlType.slice('MAP('.length, -1)).map((part) => toStoredType(column, part))
    if (key && value) {
      return {
        sqlType: `MAP(${key.sqlType}, ${value.sqlType})`,
        deltaType: { type: 'map', keyType: key.deltaType, valueType: value.deltaType, valueContainsNull: true },
      }
    }
  }
  throw new UnsupportedTypeError(column, sqlType)
}
