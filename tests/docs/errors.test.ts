import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { exitCodes } from '../../src/cli/exit-codes.ts'
import { findErrorCodes } from './error-codes.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8')
const lines = [...page.matchAll(/^\| `([a-z]+\.[a-z_]+)` \| (\w+) \| (.+) \| (.*) \|$/gm)]
const listed = lines.map((line) => line[1]!)

it('docs/errors.md lists every code that the source can give, and nothing else', () => {
  const inSource = [...findErrorCodes().keys()].toSorted()
  expect(inSource.length).toBeGreaterThan(100)
  expect({
    missing: inSource.filter((code) => !listed.includes(code)),
    gone: listed.filter((code) => !inSource.includes(code)),
  }).toEqual({ missing: [], gone: [] })
  expect(new Set(listed).size).toBe(listed.length)
})

it('docs/errors.md says of every code which kind it is, what happened and what to do', () => {
  for (const [, code, kind, happened, todo] of lines) {
    expect([code, Object.keys(exitCodes)]).toEqual([code, expect.arrayContaining([kind])])
    expect(happened!.length, code).toBeGreaterThan(8)
    expect(todo!.length, code).toBeGreaterThan(4)
  }
})
