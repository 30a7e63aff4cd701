import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

import { isAbandoned, ownedName } from './owned-name.ts'

it('says whether the process that a name belongs to still runs on this host', () => {
  const mine = ownedName('tmp')
  expect(mine).toMatch(/^tmp-/)
  expect(ownedName('tmp')).not.toBe(mine)
  const { pid } = spawnSync(process.execPath, ['--version'])
  const [, host] = mine.split('-')
  expect(isAbandoned(mine)).toBe(false)
  expect(isAbandoned(mine.replace(`-${process.pid}-`, `-${pid}-`))).toBe(true)
  expect(isAbandoned(mine.replace(`-${process.pid}-`, `-${pid}-`).replace(host!, 'feedfeed'))).toBe(false)
  expect(isAbandoned('tmp-notes')).toBe(false)
})
