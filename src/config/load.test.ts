import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { loadConfig, type LoadConfigOptions } from './load.ts'
import { environmentName } from './schema.ts'
import { parseSize } from './sizes.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-config-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(text: string, env?: string): void {
  writeFileSync(join(root, 'baton.config.ts'), `export default ${text}\n`)
  if (env !== undefined) writeFileSync(join(root, '.env'), env)
}

function load(options: Partial<LoadConfigOptions> = {}) {
  return loadConfig({ start: root, cwd: root, exact: false, env: {}, flags: {}, ...options })
}

describe('a project is found', () => {
  it('from a folder below it', async () => {
    write('{}')
    const below = join(root, 'pipelines', 'deep')
    mkdirSync(below, { recursive: true })
    expect((await load({ start: below })).root).toBe(root)
  })

  it('and one that is named is not looked for further up', async () => {
    write('{}')
    const below = join(root, 'pipelines')
    mkdirSync(below)
    await expect(load({ start: below, exact: true })).rejects.toMatchObject({
      code: 'config.no_project',
      kind: 'not_found',
    })
  })

  it('or refused with what to do', async () => {
    await expect(load()).rejects.toMatchObject({
      code: 'config.no_project',
      hint: expect.stringContaining('baton init'),
    })
  })
})

describe('settings', () => {
  it('come from the file, then the environment, then the flags, and each knows from where', async () => {
    write(`{ name: 'belt', memoryLimit: '256 MB', jobs: 3 }`, 'BATON_MEMORY_LIMIT="700 MB"\nBATON_STORE=kept\n')
    const config = await load({ env: { BATON_STORE: 'elsewhere', BATON_JOBS: '5' }, flags: { jobs: '7' } })
    expect(config.settings).toMatchObject({ name: 'belt', memoryLimit: '700 MB', store: 'elsewhere', jobs: 7 })
    expect(config.memoryLimitBytes).toBe(700e6)
    expect(config.storeFolder).toBe(join(root, 'elsewhere'))
    expect(config.origins).toMatchObject({
      name: { layer: 'file', name: join(root, 'baton.config.ts') },
      memoryLimit: { layer: 'environment', name: '.env BATON_MEMORY_LIMIT' },
      store: { layer: 'environment', name: 'BATON_STORE' },
      jobs: { layer: 'flag', name: '--jobs' },
      python: { layer: 'default', name: '' },
    })
  })

  it('are frozen, and variables are read through them, the process before .env', async () => {
    write('{}', 'A=file\nB=file\n')
    const config = await load({ env: { A: 'process' } })
    expect([config.env('A'), config.env('B'), config.env('C')]).toEqual(['process', 'file', undefined])
    expect(Object.isFrozen(config) && Object.isFrozen(config.settings)).toBe(true)
  })

  it('have names: an unknown one is refused with the nearest', async () => {
    write(`{ memoryLimt: '1 GB' }`)
    await expect(load()).rejects.toMatchObject({ code: 'config.unknown_setting', details: { near: 'memoryLimit' } })
  })

  it('have names in the environment too: an almost right one is refused', async () => {
    write('{}')
    await expect(load({ env: { BATON_MEMORYLIMIT: '1 GB' } })).rejects.toMatchObject({
      code: 'config.unknown_setting',
      details: { near: 'BATON_MEMORY_LIMIT' },
    })
  })

  it('leave variables alone that are no settings, such as those of a step', async () => {
    write('{}')
    await expect(
      load({ env: { BATON_PARAMS: '{}', BATON_INPUT_TRAIN: '/x', BATON_OUTPUT_MODEL: '/y' } }),
    ).resolves.toBeDefined()
  })

  it.each([
    [`{ jobs: 0 }`, {}, 'jobs'],
    [`{ jobs: 'many' }`, {}, 'jobs'],
    [`{ memoryLimit: '12 parsecs' }`, {}, 'memoryLimit'],
    [`{ memoryLimit: '1 MB' }`, {}, 'memoryLimit'],
    [`{}`, { BATON_JOBS: 'two' }, 'jobs'],
    [`{}`, { BATON_PASS_ENV: 'A B' }, 'passEnv'],
  ])('of a wrong value are refused with where it came from: %s %o', async (text, env, setting) => {
    write(text)
    await expect(load({ env })).rejects.toMatchObject({ code: 'config.invalid_setting', details: { setting } })
  })

  it.each([['{ name: }'], ['42'], ['(() => { throw new Error("no") })()']])(
    'in a broken file name it: %s',
    async (text) => {
      write(text)
      await expect(load()).rejects.toMatchObject({
        code: 'config.unreadable',
        where: { file: join(root, 'baton.config.ts') },
      })
    },
  )
})

it('a size is written as people write it', () => {
  expect(['512 MB', '1.5GiB', '2g', '10', 'x MB', '-1 MB'].map(parseSize)).toEqual([
    512e6,
    1_610_612_736,
    2e9,
    undefined,
    undefined,
    undefined,
  ])
})

it('a setting has one name in the environment', () => {
  expect(environmentName('memoryLimit')).toBe('BATON_MEMORY_LIMIT')
})
