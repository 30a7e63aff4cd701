import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'

import { createDuckdbEngine } from './index.ts'
import { newSpillFolder } from './spill-folder.ts'

it('removes what a killed process of this host spilled, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-spill-'))
  try {
    const own = await newSpillFolder(folder)
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const dead = join(folder, basename(own).replace(`-${process.pid}-`, `-${pid}-`))
    const elsewhere = join(folder, basename(dead).replace(/^duckdb-[0-9a-f]+/, 'duckdb-0123456789'))
    const other = join(folder, 'run-0198c2d1')
    for (const path of [own, dead, elsewhere, other]) {
      mkdirSync(path)
      writeFileSync(join(path, 'block'), 'x')
    }
    await using engine = createDuckdbEngine({ temporaryFolder: folder, memoryLimitMb: 64, threads: 1 })
    await using session = await engine.openSession()
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect([own, dead, elsewhere, other].map((path) => existsSync(path))).toEqual([true, false, true, true])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
