import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    // BATON_TEST_DATABASE=postgres: the tests of modules on a PostgreSQL server instead of SQLite files.
    globalSetup: process.env['BATON_TEST_DATABASE'] === 'postgres' ? ['tests/system/postgres-for-all.ts'] : [],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
})
