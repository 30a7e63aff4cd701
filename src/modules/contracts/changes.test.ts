import { describe, expect, it } from 'vitest'

import { breakingChanges } from './changes.ts'
import { churnContract as whole } from './churn-contract.fixture.ts'
import { parseModelContract } from './declare.ts'

const churnContract = parseModelContract({ ...whole, behaviour: [] })
const withInput = (change: object) =>
  parseModelContract({ ...churnContract, input: { ...churnContract.input, ...change } })
const explains = (change: object) => breakingChanges(churnContract, withInput(change)).map((each) => each.explain)

describe('breakingChanges', () => {
  it('finds none in a contract that takes the same or more', () => {
    expect(breakingChanges(churnContract, churnContract)).toEqual([])
    expect(explains({ recency_days: { type: 'number', nullable: true } })).toEqual([])
    expect(explains({ country: { type: 'string', nullable: true } })).toEqual([])
    expect(explains({ age: { type: 'integer', nullable: true } })).toEqual([])
    const { revenue: _, ...fewer } = churnContract.input
    expect(breakingChanges(churnContract, parseModelContract({ ...churnContract, input: fewer }))).toEqual([])
    expect(
      breakingChanges(churnContract, parseModelContract({ ...churnContract, quality: { rocAuc: { min: 0.9 } } })),
    ).toEqual([])
  })

  it.each([
    ['a new input that must be there', { age: { type: 'integer' } }, ['age is a new input that must not be missing']],
    [
      'a narrower range',
      { recency_days: { type: 'integer', min: 1, max: 9 } },
      ['recency_days must now be at least 1', 'recency_days must now be at most 9'],
    ],
    ['another type', { recency_days: { type: 'string' } }, ['recency_days changed from integer to string']],
    ['number to integer', { revenue: { type: 'integer', nullable: true } }, ['revenue changed from number to integer']],
    ['no more missing values', { revenue: { type: 'number' } }, ['revenue may no longer be missing']],
    [
      'fewer values',
      { country: { type: 'string', nullable: true, oneOf: ['UK'] } },
      ['country no longer allows DE, FR'],
    ],
    [
      'a first list of values',
      { revenue: { type: 'number', nullable: true, oneOf: [1] } },
      ['revenue must now be one of 1'],
    ],
    [
      'a pattern',
      { country: { type: 'string', nullable: true, pattern: '[A-Z]+' } },
      ['country must now match [A-Z]+'],
    ],
    [
      'less text',
      { country: { type: 'string', nullable: true, maxLength: 2 } },
      ['country may now have at most 2 characters'],
    ],
  ])('finds %s', (_, change, expected) => expect(explains(change)).toEqual(expected))

  it('finds another output and another positive class', () => {
    const output = parseModelContract({ ...churnContract, output: { risk: { type: 'number' } } })
    expect(breakingChanges(churnContract, output)).toEqual([
      { path: 'output.churn_probability', explain: 'the output churn_probability is gone' },
    ])
    const positive = parseModelContract({ ...churnContract, positive: 'false' })
    expect(breakingChanges(churnContract, positive).map((each) => each.path)).toEqual(['positive'])
  })
})
