import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url))

/** Runs the pipeline, killed by SIGKILL this long after it began; its output, line by line. */
async function runOnce(root: string, killAfterMs?: number): Promise<{ lines: string[]; signal: string | null }> {
  const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => {
    if (text === '' && killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    text += String(bytes)
  })
  const signal = await new Promise<string | null>((resolve) => child.once('close', (_, ended) => resolve(ended)))
  return { lines: text.trim().split('\n'), signal }
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}

test('after kill -9 at any moment the next run goes on with what was kept', async () => {
  const root = mkdtempSync(join(tmpdir(), 'baton-crash-'))
  mkdirSync(join(root, '.baton'))
  try {
    const killed: string[] = []
    for (const killAfterMs of [5, 60, 130, 180, 40]) {
      const { lines, signal } = await runOnce(root, killAfterMs)
      if (signal === 'SIGKILL') killed.push(lines[0]!)
      expect(lines.slice(1).filter((line) => line.includes('failed'))).toEqual([])
    }
    expect(killed.length).toBeGreaterThan(0)
    const { lines } = await runOnce(root)
    expect(lines[1]).toMatch(/^((ran|cached) ?){6}$/)
    // The guard needs a moment to end the steps of the last killed run; after it no step works any more.
    await sleep(100)
    expect((await runOnce(root)).lines[1]).toBe('cached cached cached cached cached cached')
    expect(linesOf(join(root, 'abandoned.txt')).toSorted()).toEqual(killed.toSorted())
    expect(readdirSync(join(root, '.baton', 'tmp'))).toEqual([])
    const counts = new Map<string, number>()
    for (const line of linesOf(join(root, 'ran.txt'))) counts.set(line, (counts.get(line) ?? 0) + 1)
    expect(counts.size).toBe(6)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

test('two runs at the same time both finish, and one result of each key is kept', async () => {
  const root = mkdtempSync(join(tmpdir(), 'baton-crash-'))
  mkdirSync(join(root, '.baton'))
  try {
    const both = await Promise.all([runOnce(root), runOnce(root)])
    for (const { lines } of both) expect(lines[1]).toMatch(/^((ran|cached) ?){6}$/)
    expect((await runOnce(root)).lines[1]).toBe('cached cached cached cached cached cached')
    expect(existsSync(join(root, 'abandoned.txt'))).toBe(false)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
