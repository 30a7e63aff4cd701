import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { expect, test } from 'vitest'

import { openStepLog } from './step-log.ts'

test('keeps everything that fits; of more the head, the tail, and how much is missing', () => {
  const root = mkdtempSync(join(tmpdir(), 'baton-log-'))
  const limits = { headBytes: 64, tailBytes: 96 }
  try {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zäöü]{0,40}$/), { maxLength: 40 }), (lines) => {
        const path = join(root, 'step.log')
        const log = openStepLog(path, limits)
        for (const line of lines) log.write(`${line}\n`)
        const last = log.lastLines(3)
        log.close()
        const all = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        const kept = readFileSync(path)
        expect(last).toEqual(lines.slice(-3))
        const found = /\n\[… (\d+) bytes of output were dropped here …\]\n/.exec(
          kept.toString('latin1').replaceAll('â\u0080¦', '…'),
        )
        if (found === null) {
          expect(kept.equals(all)).toBe(true)
          return
        }
        const tail = kept.subarray(kept.indexOf(']\n') + 2)
        expect(kept.subarray(0, limits.headBytes).equals(all.subarray(0, limits.headBytes))).toBe(true)
        expect(tail.length).toBeGreaterThanOrEqual(limits.tailBytes)
        expect(all.subarray(-tail.length).equals(tail)).toBe(true)
        expect(limits.headBytes + Number(found[1]) + tail.length).toBe(all.length)
      }),
    )
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test('a line without an end gets one, and nothing is written after the end', () => {
  const root = mkdtempSync(join(tmpdir(), 'baton-log-'))
  try {
    const log = openStepLog(join(root, 'logs', 'a.log'))
    log.write('one')
    log.write('two\nthree')
    log.close()
    log.write('late')
    log.close()
    expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\nthree\n')
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test.skipIf(!existsSync('/dev/full'))('a full disk loses the file, not the last lines', () => {
  const log = openStepLog('/dev/full')
  log.write('one')
  log.write('two')
  log.close()
  expect(log.lastLines(5)).toEqual(['one', 'two'])
})
