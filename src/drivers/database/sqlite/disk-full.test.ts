import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { mountSmallDisk } from '../../small-disk.fixture.ts'
import { type ItemTables, itemMigrations } from '../conformance-subject.ts'
import { openSqlite } from './index.ts'

const disk = mountSmallDisk()
afterAll(() => disk?.remove())

test.skipIf(disk === undefined)(
  'a full disk is one clear error, and the database stays whole (needs the right to mount a tmpfs)',
  async () => {
    const { folder } = disk!
    const file = join(folder, 'baton.db')
    const item = (id: number) => ({ id, label: `${id} `.repeat(4000), amount: null, bytes: null })
    {
      await using database = openSqlite({ file })
      await database.migrate(itemMigrations('sqlite'))
      await database.tables<ItemTables>().insertInto('item').values(item(1)).execute()
      writeFileSync(join(folder, 'ballast'), Buffer.alloc(800_000))
      const fill = database.transaction<ItemTables, void>(async (tables) => {
        for (let id = 2; id < 200; id += 1) await tables.insertInto('item').values(item(id)).execute()
      })
      await expect(fill).rejects.toMatchObject({ kind: 'unavailable', code: expect.stringMatching(/^database\./) })
      expect(await database.tables<ItemTables>().selectFrom('item').select('id').execute()).toEqual([{ id: 1 }])
      rmSync(join(folder, 'ballast'))
      await database.tables<ItemTables>().insertInto('item').values(item(2)).execute()
    }
    await using again = openSqlite({ file })
    expect(await again.tables<ItemTables>().selectFrom('item').select('id').execute()).toEqual([{ id: 1 }, { id: 2 }])
  },
)
