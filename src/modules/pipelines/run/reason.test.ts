import { expect, it } from 'vitest'

import { digestBytes } from '../../../kernel/hash.ts'
import { describeReason, diffParts } from './reason.ts'

it('tells two contents of one file apart by their digests', () => {
  const part = (content: string) => [{ name: 'source', digest: digestBytes(content), detail: 'data/a.csv' }]
  const changes = diffParts(part('old'), part('new'))
  expect(changes).toHaveLength(1)
  expect(changes[0]!.before).not.toBe(changes[0]!.after)
  expect(describeReason({ why: 'changed', changes })).toMatch(
    /^changed: source: data\/a\.csv \([0-9a-f]{10}\) → data\/a\.csv \([0-9a-f]{10}\)$/,
  )
})

it('leaves digests out where the parts read differently', () => {
  const part = (days: number) => [{ name: 'param days', digest: digestBytes(String(days)), detail: String(days) }]
  expect(describeReason({ why: 'changed', changes: diffParts(part(30), part(60)) })).toBe(
    'changed: param days: 30 → 60',
  )
})
