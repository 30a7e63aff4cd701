import { assert, property, shuffledSubarray } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { contractDigest, describeContract } from './index.ts'
import {
  contract,
  dataContract,
  type InvalidContractError,
  type ModelContractOptions,
  parseModelContract,
} from './declare.ts'
import { churnContract } from './churn-contract.fixture.ts'

const { kind: _, ...options } = churnContract as ModelContractOptions & { kind: string }

function failure(change: object): InvalidContractError {
  try {
    parseModelContract({ kind: 'model-contract', ...options, ...change })
  } catch (error) {
    return error as InvalidContractError
  }
  throw new Error('the contract was accepted')
}

describe('contract', () => {
  it('keeps what was written, as frozen plain data that parses again to the same digest', () => {
    const copy = parseModelContract(JSON.parse(JSON.stringify(churnContract)))
    expect(copy).toEqual(churnContract)
    expect(contractDigest(copy)).toBe(contractDigest(churnContract))
    expect(Object.isFrozen(churnContract.input)).toBe(true)
    expect(Object.isFrozen(churnContract.input['recency_days'])).toBe(true)
  })

  it('has a digest that knows no order of keys, and changes with any promise', () => {
    const entries = Object.entries(churnContract)
    assert(
      property(shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(contractDigest(parseModelContract(Object.fromEntries(shuffled)))).toBe(contractDigest(churnContract))
      }),
      { numRuns: 20 },
    )
    const stricter = parseModelContract({ ...churnContract, quality: { rocAuc: { min: 0.71, interval: 'lower' } } })
    expect(contractDigest(stricter)).not.toBe(contractDigest(churnContract))
  })

  it('describes itself', () => {
    const text = describeContract(churnContract)
    expect(text).toContain('recency_days: integer, ≥ 0')
    expect(text).toContain('rocAuc ≥ 0.7 (lower end of the 95 % interval)')
    expect(text).toContain('the score is increasing in recency_days')
  })

  it.each([
    ['an unknown field', { qualitty: {} }, 'qualitty', 'did you mean quality?'],
    ['an unknown metric', { quality: { rocAux: { min: 0.7 } } }, 'quality.rocAux', 'did you mean rocAuc?'],
    [
      'a metric of the other task',
      { quality: { rmse: { max: 3 } } },
      'quality.rmse',
      'no metric rmse for a binary model',
    ],
    ['an unknown field deep inside', { input: { a: { type: 'integer', mim: 0 } } }, 'input.a.mim', 'did you mean min?'],
    ['an unknown type', { input: { a: { type: 'integr' } } }, 'input.a.type', 'did you mean integer?'],
    ['a limit on a string', { input: { a: { type: 'string', min: 0 } } }, 'input.a.min', 'a string has no min'],
    ['min above max', { input: { a: { type: 'number', min: 2, max: 1 } } }, 'input.a.min', '2 is more than max 1'],
    ['a date limit that is no date', { input: { a: { type: 'date', min: '1 May' } } }, 'input.a.min', 'ISO text'],
    [
      'a pattern that is none',
      { input: { a: { type: 'string', pattern: '(' } } },
      'input.a.pattern',
      'regular expression',
    ],
    [
      'the target as an input',
      { input: { churned: { type: 'number' } }, behaviour: [] },
      'input.churned',
      'must not see it',
    ],
    ['no inputs', { input: {}, behaviour: [] }, 'input', 'names no column'],
    ['two outputs', { output: { a: { type: 'number' }, b: { type: 'number' } } }, 'output', 'exactly one score, not 2'],
    [
      'a misspelt monotone input',
      { behaviour: [{ monotone: 'recency_day', direction: 'increasing' }] },
      'behaviour[0].monotone',
      'did you mean recency_days?',
    ],
    [
      'a direction that is none',
      { behaviour: [{ monotone: 'recency_days', direction: 'upward' }] },
      'behaviour[0].direction',
      'increasing, decreasing',
    ],
    [
      'monotone in a word',
      { behaviour: [{ monotone: 'country', direction: 'increasing' }] },
      'behaviour[0].monotone',
      'has no order',
    ],
    [
      'a promise the wrong way round',
      { quality: { logLoss: { min: 0.6 } } },
      'quality.logLoss',
      'needs a max: less of it is better',
    ],
    ['a bound that bounds nothing', { quality: { rocAuc: {} } }, 'quality.rocAuc', 'needs min or max'],
    [
      'the wrong end of an interval',
      { quality: { logLoss: { max: 0.6, interval: 'lower' } } },
      'quality.logLoss.interval',
      'belongs to a min',
    ],
    [
      'gain over a heuristic that is not there',
      { heuristic: undefined, quality: { gainOverBaseline: [{ over: 'heuristic', metric: 'rocAuc', min: 0 }] } },
      'quality.gainOverBaseline[0].over',
      'no heuristic',
    ],
    ['slice promises without slices', { slices: [] }, 'sliceQuality', 'names none'],
    ['a slice named twice', { slices: ['country', { column: 'country' }] }, 'slices[1]', 'twice'],
    [
      'an owner that is nobody',
      { owners: { dataScience: ' ', engineering: 'ben' } },
      'owners.dataScience',
      'Too small',
    ],
    ['costs of the other task', { costs: { currency: 'GBP', over: 1, under: 2 } }, 'costs', 'needs falsePositive'],
    ['a name that is no name', { name: 'Churn Model' }, 'name', 'lower-case'],
  ])('refuses %s and names the path', (_, change, path, text) => {
    const error = failure(change)
    expect(error.code).toBe('contracts.invalid')
    expect(error.kind).toBe('usage')
    const problems = error.details['problems'] as readonly { path: string; message: string }[]
    expect(problems.map((problem) => problem.path)).toContain(path)
    expect(problems.find((problem) => problem.path === path)?.message).toContain(text)
  })

  it('does not type-check with a misspelt input or a metric of another task', () => {
    const base = {
      name: 'm',
      target: 'y',
      owners: { dataScience: 'ana', engineering: 'ben' },
      input: { recency_days: { type: 'number' } },
      output: { score: { type: 'number' } },
    } as const
    expect(() =>
      contract({
        ...base,
        task: 'binary',
        // @ts-expect-error the input is called recency_days
        behaviour: [{ monotone: 'recency', direction: 'increasing' }],
      }),
    ).toThrow(/behaviour\[0\]\.monotone/)
    // @ts-expect-error rmse is for regression
    expect(() => contract({ ...base, task: 'binary', quality: { rmse: { max: 1 } } })).toThrow(/quality\.rmse/)
    expect(contract({ ...base, task: 'regression', quality: { rmse: { max: 1 } } }).task).toBe('regression')
  })
})

describe('dataContract', () => {
  it('takes one key column or many', () => {
    const one = dataContract({ name: 'orders', owner: 'shop', columns: { id: { type: 'integer' } }, key: 'id' })
    expect(one.key).toEqual(['id'])
  })

  it('refuses a key that is no column', () => {
    expect(() =>
      dataContract({ name: 'orders', owner: 'shop', columns: { id: { type: 'integer' } }, key: 'idd' }),
    ).toThrow(/idd is no column/)
  })
})
