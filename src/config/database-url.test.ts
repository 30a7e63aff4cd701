import { expect, test } from 'vitest'

import { isPostgresUrl, withoutPassword } from './database-url.ts'

test.each([
  ['postgres://ana:geheim@db.example:5432/baton', 'postgres://ana:***@db.example:5432/baton'],
  ['postgres://ana@db.example/baton', 'postgres://ana@db.example/baton'],
  ['postgres://db.example/baton?user=ana&password=geheim', 'postgres://db.example/baton?user=ana&password=***'],
  ['postgres://ana:geheim@db.example:port/baton', 'postgres://…'],
  ['sqlite', 'sqlite'],
  [8, 8],
])('%s is shown as %s', (value, shown) => {
  expect(withoutPassword(value)).toBe(shown)
})

test('tells the URL of a PostgreSQL database from other texts', () => {
  expect(['postgres://h/d', 'postgresql://u:p@h:5432/d'].every(isPostgresUrl)).toBe(true)
  expect(['sqlite', 'mysql://h/d', 'postgres://', 'postgres://h:x/d', 'postgres:h'].some(isPostgresUrl)).toBe(false)
})
