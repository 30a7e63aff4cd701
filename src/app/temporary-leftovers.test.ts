import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { findTemporaryLeftovers } from './temporary-leftovers.ts'

it('finds the folders of killed commands when nothing changed in them for a day', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-leftovers-'))
  try {
    for (const name of ['predict-1', 'reproduce-1', '.restore-7-1', 'run-1', 'tables-1', 'notes'])
      mkdirSync(join(folder, name))
    const hourMs = 60 * 60 * 1000
    expect(findTemporaryLeftovers(folder, Date.now() + hourMs)).toEqual([])
    expect(findTemporaryLeftovers(folder, Date.now() + 25 * hourMs).toSorted()).toEqual(
      ['.restore-7-1', 'predict-1', 'reproduce-1'].map((name) => join(folder, name)),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
