import { sqlText } from '../../checks/index.ts'
import type { CsvDialect } from './csv-dialect.ts'

/** A CSV file as a relation of text columns, read exactly as the dialect says. */
export function csvRelation(dialect: CsvDialect): string {
  const columns = dialect.names.map((name) => `${sqlText(name)}: 'VARCHAR'`).join(', ')
  const nulls = ['', ...dialect.nulls].map(sqlText).join(', ')
  const options = [
    'auto_detect = false',
    `columns = {${columns}}`,
    `delim = ${sqlText(dialect.delimiter)}`,
    `quote = ${sqlText(dialect.quote)}`,
    `escape = ${sqlText(dialect.quote)}`,
    `header = ${dialect.header}`,
    `skip = ${dialect.skip}`,
    `nullstr = [${nulls}]`,
    `compression = '${dialect.compression}'`,
    `encoding = '${dialect.encoding}'`,
    'strict_mode = true',
    'buffer_size = 8388608',
  ]
  return `read_csv(${sqlText(dialect.path)}, ${options.join(', ')})`
}
