import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { type ErrorDocument, runBaton, smallProject, temporaryFolder } from './project.ts'

/** What everybody types wrong at first: each ends in one error that names the place and says what to do. */

const pipeline = (steps: string, names = 'pipeline') => `import { ${names} } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    ${steps}
  },
})
`
const step = (run: string) => pipeline(`p.step('think', { run: ${run} })`, 'pipeline, python, shell')

interface Mistake {
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly error: Partial<Record<keyof ErrorDocument | 'why', unknown>>
}

const mistakes: Readonly<Record<string, Mistake>> = {
  'a name that is not there': {
    files: { 'pipelines/main.ts': pipeline(`p.sql('x', { file: 'x.sql', inputs: { rows } })`) },
    error: {
      code: 'pipelines.unreadable',
      message: expect.stringContaining('ReferenceError: rows is not defined'),
      where: { file: 'pipelines/main.ts', line: 4, column: 43 },
    },
  },
  'a line that is no TypeScript': {
    files: { 'pipelines/main.ts': pipeline('const x == 3') },
    error: { code: 'pipelines.unreadable', where: { file: 'pipelines/main.ts', line: 4 } },
  },
  'an import that is not exported': {
    files: { 'pipelines/main.ts': pipeline('', 'pipline') },
    error: { code: 'pipelines.unreadable', hint: 'Correct the name in the import.' },
  },
  'an import of a file that is not there': {
    files: { 'pipelines/main.ts': `import '../contracts/x.ts'\n${pipeline('')}` },
    error: { code: 'pipelines.unreadable', hint: expect.stringContaining('path of the import') },
  },
  'a step twice': {
    files: { 'pipelines/main.ts': pipeline(`p.step('a', { run: 'a.ts' })\n    p.step('a', { run: 'a.ts' })`) },
    error: { code: 'pipelines.graph_invalid', where: { file: 'pipelines/main.ts', line: 5, column: 7 } },
  },
  'an output that is a word': {
    files: { 'pipelines/main.ts': pipeline(`p.step('a', { run: 'a.ts', outputs: { x: 'value' } })`) },
    error: { code: 'pipelines.graph_invalid', message: expect.stringContaining('"value"') },
  },
  'a broken contract in a file of its own': {
    files: {
      'contracts/x.ts': `import { dataContract } from 'baton-ml'\nexport const x = dataContract({ name: 'x' })\n`,
      'pipelines/main.ts': `import '../contracts/x.ts'\n${pipeline('')}`,
    },
    error: { kind: 'usage', where: expect.objectContaining({ file: 'contracts/x.ts', line: 2 }) },
  },
  'a TypeScript step that throws': {
    files: {
      'pipelines/main.ts': step(`'src/think.ts'`),
      'src/think.ts': `export default () => {\n  null.x\n}\n`,
    },
    error: {
      code: 'pipelines.step_failed',
      why: expect.stringContaining('TypeError: Cannot read properties of null'),
      where: { file: 'src/think.ts', line: 2, column: 8 },
    },
  },
  'a Python step without its package': {
    files: { 'pipelines/main.ts': step(`python('src/think.py')`), 'src/think.py': 'import not_there_at_all\n' },
    error: {
      code: 'pipelines.step_failed',
      why: "ModuleNotFoundError: No module named 'not_there_at_all'",
      where: { file: 'src/think.py', line: 1 },
      hint: expect.stringContaining('pip install not_there_at_all'),
    },
  },
  'a command that is not there': {
    files: { 'pipelines/main.ts': step(`shell('nosuchcommand')`) },
    error: { code: 'pipelines.step_failed', message: expect.stringContaining('exit code 127') },
  },
  'another pipeline': {
    args: ['run', 'mian'],
    error: { code: 'pipelines.not_found', hint: expect.stringContaining('Did you mean "main"?') },
  },
  'too many words': {
    args: ['run', 'main', 'again'],
    error: { code: 'cli.wrong_arguments', message: expect.stringContaining('takes only <pipeline> and options') },
  },
}

describe('a mistake of somebody who is new', () => {
  it.each(Object.entries(mistakes))('%s', async (_, { files = {}, args = ['run', 'main'], error }) => {
    using folder = temporaryFolder()
    const project = smallProject(folder.path, pipeline(''))
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(project, path)), { recursive: true })
      writeFileSync(join(project, path), text)
    }
    const ended = await runBaton(project, ['--json', ...args])
    const document = JSON.parse(ended.stdout) as { readonly error: ErrorDocument }
    expect(document.error).toMatchObject(error)
    expect(document.error.code).not.toBe('kernel.internal')
  })
})
