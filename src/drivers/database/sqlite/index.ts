export type { SqliteOptions } from './connection.ts'
export { openSqlite } from './open-sqlite.ts'
