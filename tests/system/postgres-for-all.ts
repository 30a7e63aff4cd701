import { startPostgres } from './postgres-server.ts'

/**
 * Vitest's global set-up. With `BATON_TEST_DATABASE=postgres`, tests of modules run on a PostgreSQL server instead of
 * SQLite files, and this starts it.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['BATON_TEST_DATABASE'] !== 'postgres') return undefined
  const server = await startPostgres()
  process.env['BATON_TEST_POSTGRES_URL'] = server.url()
  return async () => {
    await server[Symbol.asyncDispose]()
  }
}
