import { startPostgres } from './postgres-server.ts'

/** Vitest's global set-up for `BATON_TEST_DATABASE=postgres`: one server for every test that opens a test database. */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres()
  process.env['BATON_TEST_POSTGRES_URL'] = server.url()
  return async () => {
    await server[Symbol.asyncDispose]()
  }
}
