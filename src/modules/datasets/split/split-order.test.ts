import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { createTestBelt } from '../belt.fixture.ts'
import { csv, declareIngest, declareSplit, group, random, stratified } from '../declare.ts'

/** Enough rows for several row groups, so that two threads have work at the same time. */
const rows = Array.from({ length: 400_000 }, (_, i) => `${i},${i % 997},${i % 7 < 2 ? 'yes' : 'no'}`)

it.each([stratified('answer'), group('customer'), random()])(
  'a split by $kind gives its rows in the same order each time',
  async (by) => {
    const digests: string[][] = []
    for (let repeat = 0; repeat < 4; repeat++) {
      await using belt = createTestBelt()
      writeFileSync(join(belt.root, 'in.csv'), `id,customer,answer\n${rows.join('\n')}\n`)
      const results = await belt.run((scope) => {
        const input = declareIngest(scope, 'input', { from: csv('in.csv') })
        declareSplit(scope, 's', { input, by, test: 0.2, validation: 0.2 })
      })
      digests.push(Object.values(results['s']!.outputs).map((output) => output.digest))
    }
    for (const again of digests) expect(again).toEqual(digests[0])
  },
)
