export {
  anyFailsSql,
  type CompiledCheck,
  type CompiledSchema,
  compileSchema,
  rawName,
  reasonsSql,
  type SourceColumnType,
  sourceName,
  type UniqueCheck,
} from './compile.ts'
export { InvalidSchemaError } from './errors.ts'
export { sqlName, sqlText } from './sql-text.ts'
