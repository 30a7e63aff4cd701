import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestBytes, digestFile } from '../../../kernel/hash.ts'
import type { Graph, OutputRef, StepNode } from '../graph.ts'
import type { KeyPart, PlanContext, StepKind } from '../step-kind.ts'
import { diffParts } from '../run/reason.ts'
import { nodeEnvironment, pythonEnvironment } from './environment.ts'
import { computeStepKey, type StepKey } from './step-key.ts'

const node: StepNode = {
  name: 'train',
  kind: 'train',
  inputs: { data: { kind: 'table', step: 'split', output: 'train' } },
  outputs: { model: 'model' },
  options: { learner: 'boosting', rounds: 100 },
  params: ['days'],
  retries: 0,
  cached: true,
}
const params = { days: 30, other: 1 }
const data: OutputRef = { kind: 'table', dataset: 'train', version: 3, digest: digestBytes('rows'), rows: 10 }
const code: KeyPart = { name: 'code src/train.ts', digest: digestBytes('code') }
const kind: StepKind = {
  kind: 'train',
  version: 1,
  keyParts: () => Promise.resolve([code]),
  run: () => Promise.reject(new Error()),
}

interface Case {
  readonly node?: Partial<StepNode>
  readonly kind?: Partial<StepKind>
  readonly params?: Graph['params']
  readonly data?: Partial<OutputRef>
}

function keyOf(change: Case = {}): Promise<StepKey> {
  const graph: Graph = { pipeline: 'p', file: 'p.ts', params: change.params ?? params, steps: [] }
  const ctx: PlanContext = {
    graph,
    projectRoot: '/',
    env: () => undefined,
    digestFile: () => Promise.reject(new Error('not asked')),
    codeParts: () => Promise.reject(new Error('not asked')),
  }
  const input = { ...data, ...change.data } as OutputRef
  return computeStepKey({ ...kind, ...change.kind }, { ...node, ...change.node }, { data: input }, ctx)
}

describe('a step key', () => {
  test.each<[string, Case, string]>([
    ['its name', { node: { name: 'train2' } }, 'step'],
    ['the version of its kind', { kind: { version: 2 } }, 'kind'],
    ['an option', { node: { options: { learner: 'boosting', rounds: 200 } } }, 'option rounds'],
    ['an option that is gone', { node: { options: { learner: 'boosting' } } }, 'option rounds'],
    ['a new option', { node: { options: { learner: 'boosting', rounds: 100, seed: null } } }, 'option seed'],
    ['its outputs', { node: { outputs: { model: 'model', log: 'files' } } }, 'outputs'],
    ['a param that it reads', { params: { days: 31, other: 1 } }, 'param days'],
    ['the content of an input', { data: { digest: digestBytes('other rows') } }, 'input data'],
    [
      'its code',
      { kind: { keyParts: () => Promise.resolve([{ ...code, digest: digestBytes('edited') }]) } },
      'code src/train.ts',
    ],
  ])('changes with %s, in the part that says so', async (_, change, part) => {
    const before = await keyOf()
    const after = await keyOf(change)
    expect(after.key).not.toBe(before.key)
    expect(diffParts(before.parts, after.parts).map((found) => found.name)).toEqual([part])
  })

  test.each<[string, Case]>([
    ['a param that it does not read', { params: { days: 30, other: 2 } }],
    ['the version number of equal data', { data: { version: 9, dataset: 'renamed' } }],
    ['retries and the timeout', { node: { retries: 5, timeoutMs: 1000 } }],
    ['the order of its options', { node: { options: { rounds: 100, learner: 'boosting' } } }],
    ['an option that is undefined', { node: { options: { learner: 'boosting', rounds: 100, seed: undefined } } }],
  ])('stays with %s', async (_, change) => {
    expect((await keyOf(change)).key).toBe((await keyOf()).key)
  })

  test('params given by name, and all of them when the step names none', async () => {
    const all = await keyOf({ node: { params: undefined } as unknown as Partial<StepNode> })
    expect(all.parts.map((part) => part.name).filter((name) => name.startsWith('param'))).toEqual([
      'param days',
      'param other',
    ])
  })

  test('a part that cannot be hashed makes it uncacheable, and so does cache: false', async () => {
    const blind: KeyPart = { name: 'source', uncacheable: 'the source cannot be looked at' }
    expect((await keyOf({ kind: { keyParts: () => Promise.resolve([blind]) } })).uncacheable).toEqual([
      'the source cannot be looked at',
    ])
    expect((await keyOf({ node: { cached: false } })).uncacheable).toEqual(['it is declared with `cache: false`'])
  })
})

describe('the environment', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-environment-'))
    mkdirSync(join(root, '.git'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  function write(name: string, text: string): void {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  const describeAll = (parts: readonly KeyPart[]): string[] => parts.map((part) => part.name)

  test('of Node is its major version and the nearest lockfile, up to the repository', async () => {
    const ctx = { projectRoot: join(root, 'project'), digestFile }
    write('project/x', '')
    expect(describeAll(await nodeEnvironment(ctx))).toEqual(['environment node'])
    write('package-lock.json', '{}')
    expect(describeAll(await nodeEnvironment(ctx))).toEqual(['environment node', 'environment ../package-lock.json'])
    write('project/pnpm-lock.yaml', '')
    expect(describeAll(await nodeEnvironment(ctx))).toEqual(['environment node', 'environment pnpm-lock.yaml'])
  })

  test('of Python is the version and the lockfile, otherwise what is installed', async () => {
    const ctx = { projectRoot: root, digestFile }
    const python = { version: '3.12.1', platform: 'linux', sitePackages: [join(root, 'site')] }
    write('site/numpy-2.0.dist-info/METADATA', '')
    const before = await pythonEnvironment(ctx, python)
    expect(before[1]).toMatchObject({ name: 'environment python packages', detail: '1 installed' })
    write('site/pandas-2.0.dist-info/METADATA', '')
    const after = await pythonEnvironment(ctx, python)
    expect(diffParts(before, after).map((part) => part.name)).toEqual(['environment python packages'])
    expect(diffParts(after, await pythonEnvironment(ctx, { ...python, version: '3.13.0' }))).toMatchObject([
      { name: 'environment python', before: '3.12.1', after: '3.13.0' },
    ])
    write('requirements.txt', 'numpy>=2')
    expect(describeAll(await pythonEnvironment(ctx, python))).toContain('environment requirements.txt')
    write('uv.lock', '')
    expect(describeAll(await pythonEnvironment(ctx, python))).toEqual(['environment python', 'environment uv.lock'])
  })
})
