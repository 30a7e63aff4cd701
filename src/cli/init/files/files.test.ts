import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, it } from 'vitest'

import { contract, dataContract } from '../../../modules/contracts/declare.ts'
import type { InferredColumn, InferredTable } from '../../../modules/datasets/index.ts'
import { draftProject, type ProjectDraft } from '../draft.ts'
import { toIdentifier, toKey, toLiteral, toSlug } from '../names.ts'
import { dataContractFile, modelContractFile } from './contract-files.ts'
import { pipelineFile } from './pipeline-file.ts'
import { dataDictionary, readmeFile } from './text-files.ts'

const evil = "it's */ `x` ${1} \\ \n|"

const columns = (
  [
    { name: 'age', type: 'integer', nulls: 0, distinct: 60, min: 18, max: 90 },
    { name: evil, type: 'double', nulls: 5, distinct: 800, min: -1.5, max: 3.25 },
    {
      name: 'plan',
      type: 'string',
      nulls: 0,
      distinct: 2,
      values: [
        { value: "a'b", rows: 600 },
        { value: evil, rows: 400 },
      ],
    },
    { name: 'customer_id', type: 'bigint', nulls: 0, distinct: 1000, min: 1, max: 1000 },
    {
      name: 'left',
      type: 'string',
      nulls: 0,
      distinct: 2,
      values: [
        { value: 'no', rows: 900 },
        { value: 'yes', rows: 100 },
      ],
    },
  ] satisfies readonly Partial<InferredColumn>[]
).map((column): InferredColumn => ({ min: null, max: null, nullable: column.nulls > 0, ...column }))

function made(target: string, csv: InferredTable['csv'] = {}): ProjectDraft {
  const table: InferredTable = { rows: 1000, columns, csv, assumptions: ['line 1 is no part of the table'] }
  return draftProject(table, { project: 'Churn 2', slug: 'churn-2', file: 'x.csv', target })
}

/** The single value that a written module exports, with `baton-ml` played by `scope`. */
function evaluate(text: string, scope: Readonly<Record<string, unknown>>): unknown {
  const script = stripTypeScriptTypes(text)
    .replaceAll(/^import .*$/gm, '')
    .replace(/export (default|const \w+ =)/, 'return')
  // oxlint-disable-next-line no-implied-eval -- the text is what init writes, and running it is the test
  return new Function(...Object.keys(scope), script)(...Object.values(scope))
}

describe('what init writes', () => {
  it('is a model contract that the contracts module takes, whatever the columns are called', () => {
    for (const target of ['left', 'age']) {
      const written = evaluate(modelContractFile(made(target)), { contract }) as ReturnType<typeof contract>
      expect(written.target).toBe(target)
      expect(Object.keys(written.input)).not.toContain(target)
      expect(Object.keys(written.input)).toContain(evil)
      expect(Object.keys(written.input)).not.toContain('customer_id')
    }
  })

  it('is a data contract with every column that has a type', () => {
    const written = evaluate(dataContractFile(made('left')), { dataContract }) as ReturnType<typeof dataContract>
    expect(Object.keys(written.columns)).toEqual(['age', evil, 'plan', 'customer_id', 'left'])
    expect(written).toMatchObject({ columns: { left: { type: 'string', oneOf: ['no', 'yes'] } } })
    expect(written.columns['plan']!.oneOf).toContain(evil)
  })

  it('is a pipeline that says how the file is read and split', () => {
    const csv = { delimiter: ';', skip: 1, header: false, names: ['a', evil] }
    const asked: unknown[] = []
    const given =
      (name: string) =>
      (...args: readonly unknown[]) => {
        asked.push([name, ...args])
        return name
      }
    const p = {
      ingest: given('ingest'),
      split: given('split'),
      train: given('train'),
      evaluate: given('evaluate'),
      register: given('register'),
    }
    evaluate(pipelineFile(made('left', csv)), {
      pipeline: (_: string, options: { steps: (belt: typeof p) => unknown }) => options.steps(p),
      csv: (...args: readonly unknown[]) => ({ csv: args }),
      stratified: (name: string) => ({ stratified: name }),
      gradientBoosting: () => 'trees',
      churn2: { input: { age: {}, plan: {} }, target: 'left' },
      churn2Data: 'data contract',
    })
    expect(asked.slice(0, 3)).toEqual([
      [
        'ingest',
        'churn-2',
        {
          from: { csv: ['data/raw/x.csv', { delimiter: ';', skip: 1, header: false, names: ['a', evil] }] },
          contract: 'data contract',
        },
      ],
      ['split', 'split', { input: 'ingest', by: { stratified: 'left' }, test: 0.2, validation: 0.2 }],
      [
        'train',
        'train',
        expect.objectContaining({ target: 'left', task: 'binary', positive: 'yes', features: ['age', 'plan'] }),
      ],
    ])
    expect(asked.map((call) => (call as readonly unknown[])[0])).toEqual([
      'ingest',
      'split',
      'train',
      'evaluate',
      'register',
    ])
  })

  it('explains every column in the dictionary and every decision in the README', () => {
    const draft = made('left')
    expect(
      dataDictionary(draft)
        .split('\n')
        .filter((line) => line.startsWith('| ')),
    ).toHaveLength(columns.length + 2)
    expect(readmeFile(draft)).toContain(draft.split.because)
    expect(readmeFile(draft)).toContain('- line 1 is no part of the table')
  })
})

it('names become what each place takes', () => {
  expect(['My Project', '2nd try', 'Ünïcode', 'customerChurn', 'a--b', '...'].map(toSlug)).toEqual([
    'my-project',
    'p-2nd-try',
    'unicode',
    'customer-churn',
    'a-b',
    'p',
  ])
  expect(['a-b', 'class', 'x_2', 'p-2nd'].map(toIdentifier)).toEqual(['aB', 'classProject', 'x2', 'p2nd'])
  expect([toKey('age'), toKey('my col'), toKey("it's")]).toEqual(['age', "'my col'", "'it\\'s'"])
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the text is what is tested
  expect(new Function(`return ${toLiteral(evil)}`)()).toBe(evil)
})
