import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import { digestBytes } from '../../../kernel/hash.ts'
import { openTestProject } from '../pipelines.fixture.ts'
import type { PipelinesTables } from '../tables.ts'
import { openFileDigests } from './file-digests.ts'

const later = { now: () => new Date(Date.now() + 60_000) }

test('a digest is kept for the next process, and asked again when the file changes', async () => {
  await using project = await openTestProject(openTestDatabase, [])
  const path = project.write('data.csv', 'one')
  const first = await openFileDigests({ ...project.ctx, clock: later })
  expect(await first.digest(path)).toBe(digestBytes('one'))
  await first.save()
  const table = project.database.tables<PipelinesTables>()
  await table
    .updateTable('file_digests')
    .set({ digest: digestBytes('planted') })
    .execute()
  const second = await openFileDigests({ ...project.ctx, clock: later })
  expect(await second.digest(path)).toBe(digestBytes('planted'))
  writeFileSync(path, 'two')
  expect(await second.digest(path)).toBe(digestBytes('planted'))
  second.forget()
  expect(await second.digest(path)).toBe(digestBytes('two'))
})

test('a change that keeps size and mtime is seen', async () => {
  await using project = await openTestProject(openTestDatabase, [])
  const path = project.write('data.csv', 'one')
  const { atime, mtime } = statSync(path)
  const files = await openFileDigests({ ...project.ctx, clock: later })
  expect(await files.digest(path)).toBe(digestBytes('one'))
  writeFileSync(path, 'two')
  utimesSync(path, atime, mtime)
  files.forget()
  expect(await files.digest(path)).toBe(digestBytes(readFileSync(path)))
})

test('the digest of a file that was written just now is not kept', async () => {
  await using project = await openTestProject(openTestDatabase, [])
  const path = project.write('data.csv', 'one')
  writeFileSync(path, 'two')
  const files = await openFileDigests(project.ctx)
  expect(await files.digest(path)).toBe(digestBytes('two'))
  await files.save()
  expect(await project.database.tables<PipelinesTables>().selectFrom('file_digests').selectAll().execute()).toEqual([])
})
