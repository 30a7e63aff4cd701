export { openSqliteSource } from './source.ts'
