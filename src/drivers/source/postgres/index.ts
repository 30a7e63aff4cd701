export { openPostgresSource } from './source.ts'
