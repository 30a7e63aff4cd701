export type { PostgresOptions } from './open-postgres.ts'
export { openPostgres } from './open-postgres.ts'
