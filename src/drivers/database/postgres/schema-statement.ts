/**
 * A statement of a migration, as PostgreSQL takes it. Text is compared and sorted by its code points, as on SQLite,
 * whatever the language of the server: pages of a search, and order in memory, would disagree otherwise.
 */
export function toPostgresSchema(statement: string): string {
  if (!/^\s*(CREATE|ALTER)\s+TABLE\b/i.test(statement)) return statement
  return statement.replaceAll(/(?<=[\w"]\s+)text\b(?!\s+COLLATE)/gi, 'text COLLATE "C"')
}
