import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { createTestBelt, type TestBelt } from './belt.fixture.ts'
import { csv, declareIngest } from './declare.ts'
import { listVersions, verifyTables } from './index.ts'

let belt: TestBelt
beforeEach(() => {
  belt = createTestBelt()
})
afterEach(() => belt[Symbol.asyncDispose]())

async function ingest(content: string): Promise<void> {
  writeFileSync(join(belt.root, 'in.csv'), content)
  await belt.run((scope) => declareIngest(scope, 'invoices', { from: csv('in.csv') }))
}

function parts(): readonly string[] {
  const folder = join(belt.ctx.tablesFolder, 'invoices')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => join(folder, name))
}

function flip(path: string): void {
  const bytes = readFileSync(path)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  chmodSync(path, 0o644)
  writeFileSync(path, bytes)
}

const damages: readonly [string, (path: string) => void][] = [
  ['is gone', (path) => rmSync(path)],
  ['has another bit', flip],
]
for (const [what, damage] of damages) {
  it(`the latest version is whole again when its part ${what} and the same rows come once more`, async () => {
    await ingest('a\n1\n2\n')
    damage(parts()[0]!)
    expect((await verifyTables(belt.ctx)).torn).toHaveLength(1)
    await ingest('a\n1\n2\n')
    const { torn, leftovers } = await verifyTables(belt.ctx)
    expect([torn, leftovers]).toEqual([[], []])
    expect(listVersions(belt.ctx, 'invoices')).toHaveLength(1)
    expect(await belt.rows('invoices')).toEqual([{ a: 1 }, { a: 2 }])
  })

  it(`an older version too, when its part ${what}`, async () => {
    await ingest('a\n1\n2\n')
    const [first] = parts()
    await ingest('a\n3\n')
    damage(first!)
    await ingest('a\n1\n2\n')
    expect((await verifyTables(belt.ctx)).torn).toEqual([])
    expect(listVersions(belt.ctx, 'invoices')).toHaveLength(3)
  })
}
