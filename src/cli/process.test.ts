import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const baton = join(import.meta.dirname, '..', '..', 'bin', 'baton')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-process-'))
  writeFileSync(
    join(folder, 'baton.config.ts'),
    `import { defineConfig } from 'baton-ml'\nexport default defineConfig({ jobs: 3 })\n`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((settle) => {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env } }
    execFile(command, args, options, (error, out, err) => {
      settle({ exitCode: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

/** The version of a Node that is on the PATH and is none of ours, or undefined. */
function olderNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':').filter((path) => !path.includes('node_modules'))
  for (const path of folders) {
    try {
      const version = execFileSync(join(path, 'node'), ['--version'], { encoding: 'utf8' })
      if (Number(/^v(\d+)/.exec(version)?.[1]) < 24) return join(path, 'node')
    } catch {
      // No Node in this folder.
    }
  }
  return undefined
}

describe('baton as a process', () => {
  it('shows an example first, then every command', async () => {
    const { exitCode, out, err } = await run(baton, ['--help'])
    expect([exitCode, err]).toEqual([0, ''])
    expect(out.startsWith('Examples:\n  baton init')).toBe(true)
    for (const name of ['run', 'explain', 'runs', 'data', 'models', 'predict', 'init', 'verify']) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    }
    expect((await run(baton, [])).out).toBe(out)
  })

  it('shows an example of every command', async () => {
    expect((await run(baton, ['models', 'promote', '--help'])).out).toMatch(/^Example:\n {2}baton models promote /)
    expect((await run(baton, ['runs'])).out).toMatch(/^Examples:\n {2}baton runs list/)
  })

  it('works through a symlink, and says its version', async () => {
    const link = join(folder, 'linked baton')
    symlinkSync(baton, link)
    const { exitCode, out } = await run(link, ['--version'])
    expect([exitCode, out.trim()]).toEqual([0, (await run(baton, ['-V'])).out.trim()])
    expect(out).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('reads the settings of the project it stands in, whose file imports baton-ml', async () => {
    const { exitCode, out } = await run(baton, ['config', '--json'], { BATON_MEMORY_LIMIT: '300 MB' })
    expect(exitCode).toBe(0)
    const { settings } = JSON.parse(out) as { settings: readonly { setting: string; value: unknown; origin: object }[] }
    const of = (name: string) => settings.find(({ setting }) => setting === name)
    expect(of('jobs')).toMatchObject({ value: 3, origin: { layer: 'file' } })
    expect(of('memoryLimit')).toMatchObject({ value: '300 MB', origin: { layer: 'environment' } })
  })

  it('prints no colours into a pipe, and errors on standard error', async () => {
    const { exitCode, out, err } = await run(baton, ['rnu'], { NO_COLOR: '' })
    expect([exitCode, out]).toEqual([2, ''])
    expect(err).toContain('Did you mean "run"?')
    expect(err).not.toContain(String.fromCharCode(27))
  })

  it('says what to do where there is no project', async () => {
    const { exitCode, err } = await run(baton, ['config', '--project', tmpdir()])
    expect(exitCode).toBe(3)
    expect(err).toContain('config.no_project')
  })

  const older = olderNode()
  it.skipIf(older === undefined)(
    'hands over to the pinned Node when it was started by an older one (skipped: none on the PATH)',
    async () => {
      const { exitCode, out } = await run(older!, [`${baton}.cjs`, 'version', '--json'])
      expect(exitCode).toBe(0)
      expect(Number((JSON.parse(out) as { node: string }).node.split('.')[0])).toBeGreaterThanOrEqual(24)
      expect((await run(older!, [`${baton}.cjs`, 'rnu'])).exitCode).toBe(2)
    },
  )
})
