import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The package as npm would install it: packed, unpacked into a folder outside of the repository, with nothing around it
// but the dependencies that it declares. What the repository has beside it (src, devDependencies) is out of reach.

const repository = fileURLToPath(new URL('../../', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'baton-package-'))
const installed = join(home, 'node_modules', 'baton-ml')
const compiler = join(repository, 'node_modules/typescript-native/bin/tsc')
/** The compiler's options in a project without a tsconfig.json; the types of the package itself are checked too. */
const strict =
  '--ignoreConfig --noEmit --strict --module nodenext --target es2024 --types node --allowImportingTsExtensions --skipLibCheck false'.split(
    ' ',
  )
const env = { PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter), HOME: home }
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))

interface Ended {
  readonly exitCode: number | string
  readonly output: string
}

function call(command: string, args: readonly string[], cwd = home): Promise<Ended> {
  return new Promise((settle) => {
    execFile(command, args, { cwd, env, maxBuffer: 2 ** 24 }, (error, out, err) => {
      settle({ exitCode: error === null ? 0 : (error.code ?? error.signal ?? 'killed'), output: `${out}${err}` })
    })
  })
}

async function succeed(command: string, args: readonly string[], cwd = home): Promise<string> {
  const { exitCode, output } = await call(command, args, cwd)
  expect(exitCode, `${command} ${args.join(' ')}\n${output}`).toBe(0)
  return output
}

const baton = (project: string, ...args: readonly string[]) =>
  succeed(join(home, 'node_modules/.bin/baton'), args, join(home, project))

function write(project: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(home, project, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/** Links a package of the repository, as if npm had installed it here. */
function link(name: string): void {
  const to = join(home, 'node_modules', name)
  mkdirSync(dirname(to), { recursive: true })
  symlinkSync(join(repository, 'node_modules', name), to)
}

beforeAll(async () => {
  await succeed(process.execPath, [join(repository, 'scripts/build-package.ts')])
  await succeed('npm', ['pack', '--silent', '--pack-destination', home], repository)
  const tarball = readdirSync(home).find((name) => name.endsWith('.tgz'))!
  mkdirSync(installed, { recursive: true })
  await succeed('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
    readonly bin: Readonly<Record<string, string>>
  }
  for (const name of Object.keys(manifest.dependencies)) link(name)
  link('@types/node')
  mkdirSync(join(home, 'node_modules/.bin'))
  for (const [name, file] of Object.entries(manifest.bin)) {
    symlinkSync(join('../baton-ml', file), join(home, 'node_modules/.bin', name))
  }
  // What npm init writes; a project below it must not become CommonJS by it.
  writeFileSync(join(home, 'package.json'), '{ "name": "shop", "type": "commonjs" }\n')
})

describe('the npm package', () => {
  it('holds what runs, and no tests', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'docs/errors.md',
        'dist/index.d.ts',
        'dist/drivers/runtime/python/score.py',
      ]),
    )
    expect(files.filter((file) => /^dist.*(\.test\.|\.fixture\.|conformance)|\.baton|\.db$|\.tgz$/.test(file))).toEqual(
      [],
    )
  })

  it('answers', async () => {
    const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }
    expect((await baton('', '--version')).trim()).toBe(version)
    expect(await baton('', '--help')).toContain('baton run churn')
  })

  it('makes a project of a table, whose files run, test and type-check', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i},${(i * 37) % 101},${i % 7},${(i * 37) % 101 > 50 ? 1 : 0}`)
    writeFileSync(join(home, 'customers.csv'), `id,spent,visits,left\n${rows.join('\n')}\n`)
    await baton('', 'init', 'shop', '--from', 'customers.csv', '--target', 'left')
    expect(await baton('shop', 'run', 'shop')).toContain('shop@1')
    expect(await baton('shop', 'run', 'shop')).not.toContain(' ran ')
    await succeed('npm', ['test', '--silent'], join(home, 'shop'))
    await succeed(process.execPath, [compiler, '-p', '.'], join(home, 'shop'))
  })

  it('writes the churn example as a project of its own', async () => {
    await baton('', 'init', 'leavers', '--template', 'churn')
    const project = join(home, 'leavers')
    await succeed(process.execPath, ['scripts/generate-marketing-db.ts', 'data/raw/marketing.db', '800'], project)
    expect(await baton('leavers', 'run', 'churn')).toContain('churn@1')
    await succeed('npm', ['test', '--silent'], project)
    await succeed(process.execPath, [compiler, '-p', '.'], project)
  })

  it('runs steps of the user in processes of their own', async () => {
    write('steps', {
      'package.json': '{ "type": "module" }\n',
      'baton.config.ts': `import { defineConfig } from 'baton-ml'
export default defineConfig({ name: 'steps' })
`,
      'src/write.ts': `import { writeFileSync } from 'node:fs'
import { step } from 'baton-ml'
export default step<{ inputs: {}; outputs: { output: 'files' } }>(({ outputs }) => {
  writeFileSync(outputs.output.path + '/x', '1')
})
`,
      'pipelines/main.ts': `import { pipeline, value } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    p.step('inline', { run: ({ outputs }) => outputs.answer.write(42), outputs: { answer: value() } })
    p.step('module', { run: 'src/write.ts' })
  },
})
`,
    })
    expect(await baton('steps', 'run', 'main')).toContain('2 ran')
    await succeed(process.execPath, [compiler, ...strict, 'pipelines/main.ts', 'src/write.ts'], join(home, 'steps'))
  })

  it('refuses a wrong wiring when the project is type-checked', async () => {
    write('wrong', {
      'package.json': '{ "type": "module" }\n',
      'main.ts': `import { csv, pipeline, random } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    const rows = p.ingest('rows', { from: csv('rows.csv') })
    const split = p.split('split', { input: rows, by: random(), test: 0.2, validation: 0.2 })
    return p.sql('again', { file: 'again.sql', inputs: { rows: split } })
  },
})
`,
    })
    const { exitCode, output } = await call(process.execPath, [compiler, ...strict, 'main.ts'], join(home, 'wrong'))
    expect(exitCode).not.toBe(0)
    expect(output.match(/error TS/g)).toHaveLength(1)
    expect(output).toContain('main.ts(6,')
  })
})
