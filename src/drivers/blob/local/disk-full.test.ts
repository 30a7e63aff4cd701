import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { mountSmallDisk } from '../../small-disk.fixture.ts'
import { openLocalBlobs } from './index.ts'

const disk = mountSmallDisk()
afterAll(() => disk?.remove())

test.skipIf(disk === undefined)(
  'a full disk is one clear error, and the store stays whole (needs the right to mount a tmpfs)',
  async () => {
    const { folder } = disk!
    const blobs = openLocalBlobs(join(folder, 'blobs'))
    const first = await blobs.put(Buffer.from('stored before'))
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(700_000))
    await expect(blobs.put(randomBytes(600_000))).rejects.toMatchObject({
      code: 'blobs.disk_full',
      kind: 'unavailable',
    })
    writeFileSync(join(folder, 'small'), 'x')
    expect(readdirSync(join(folder, 'blobs', 'tmp'))).toEqual([])
    expect(await blobs.verify(first)).toBe('whole')
    rmSync(join(folder, 'ballast'))
    const bytes = randomBytes(600_000)
    expect(Buffer.from(await blobs.get(await blobs.put(bytes)))).toEqual(bytes)
  },
)
