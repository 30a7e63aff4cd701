import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { describe, expect, test } from 'vitest'

import type { ProcessRequest } from '../../../ports/executor.ts'
import { isGroupAlive } from './group.ts'
import { createProcessExecutor } from './process-executor.ts'

const executor = createProcessExecutor({ graceMs: 300 })

function shell(command: string, more: Partial<ProcessRequest> = {}): { request: ProcessRequest; text: () => string } {
  const chunks: Uint8Array[] = []
  const request: ProcessRequest = {
    command: '/bin/sh',
    args: ['-c', command],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    onOutput: (bytes) => void chunks.push(bytes),
    ...more,
  }
  return { request, text: () => Buffer.concat(chunks).toString() }
}

async function waitUntil(isTrue: () => boolean): Promise<boolean> {
  for (let count = 0; count < 300; count++) {
    if (isTrue()) return true
    await sleep(20)
  }
  return false
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('process executor', () => {
  test('gives exit code, output and nothing but the given environment', async () => {
    const { request, text } = shell('echo out; echo err >&2; env; exit 3', { env: { ONLY: 'this' } })
    const exit = await executor.execute(request)
    expect(exit).toMatchObject({ exitCode: 3, signal: null, timedOut: false })
    const lines = text().trim().split('\n')
    expect(lines).toContain('out')
    expect(lines).toContain('err')
    expect(lines.filter((line) => /^[A-Z]+=/.test(line) && !/^(PWD|OLDPWD|_|SHLVL)=/.test(line))).toEqual(['ONLY=this'])
  })

  test('a command that is not there rejects with its name', async () => {
    const { request } = shell('', { command: '/no/such/command' })
    await expect(executor.execute(request)).rejects.toMatchObject({
      code: 'executor.command_not_started',
      kind: 'unavailable',
      message: expect.stringContaining('/no/such/command'),
    })
  })

  test('a timeout ends the whole group, also a child that ignores SIGTERM', async () => {
    const { request, text } = shell(`sh -c 'trap "" TERM; echo $$; while :; do sleep 1; done' & wait`, {
      timeoutMs: 200,
    })
    const exit = await executor.execute(request)
    expect(exit.timedOut).toBe(true)
    expect(isAlive(Number(text().trim()))).toBe(false)
  })

  test('an abort ends the command; one before the start never starts it', async () => {
    const stop = new AbortController()
    const { request } = shell('echo ready; sleep 60', { signal: stop.signal, onOutput: () => stop.abort() })
    expect(await executor.execute(request)).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: false })
    await expect(executor.execute(request)).rejects.toThrow()
  })

  test('a child left in the background has ended when the promise settles', async () => {
    const { request, text } = shell('sleep 60 & echo $!')
    expect(await executor.execute(request)).toMatchObject({ exitCode: 0 })
    expect(isAlive(Number(text().trim()))).toBe(false)
  })

  test('a flood of output arrives whole, and memory does not keep it', async () => {
    let bytes = 0
    const { request } = shell('head -c 200000000 /dev/zero', { onOutput: (chunk) => void (bytes += chunk.length) })
    const before = process.memoryUsage().rss
    await executor.execute(request)
    expect(bytes).toBe(200_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6)
  })

  test('an error of whoever takes the output ends the command and reaches the caller', async () => {
    const { request } = shell('echo $$; sleep 60', {
      onOutput: () => {
        throw new Error('no room')
      },
    })
    await expect(executor.execute(request)).rejects.toThrow('no room')
  })

  test.skipIf(process.platform !== 'linux')('tells the peak memory of the command', async () => {
    const code = 'const b = Buffer.alloc(150e6, 1); setTimeout(() => process.exit(b[7] - 1), 400)'
    const { request } = shell('', { command: process.execPath, args: ['-e', code] })
    const exit = await executor.execute(request)
    expect(exit.exitCode).toBe(0)
    expect(exit.peakMemoryBytes).toBeGreaterThan(150e6)
  })

  test('when we are killed by SIGKILL, the children of the command end too', async () => {
    const module = new URL('./process-executor.ts', import.meta.url).href
    const code = `
      const { createProcessExecutor } = await import(${JSON.stringify(module)})
      await createProcessExecutor().execute({ command: '/bin/sh', args: ['-c', 'sleep 300 & echo $! $$; wait'], cwd: '/',
        env: { PATH: '/usr/bin:/bin' }, onOutput: (bytes) => process.stdout.write(bytes) })`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (bytes: Buffer) => resolve(String(bytes))),
    )
    const [sleeper, group] = line.trim().split(' ').map(Number) as [number, number]
    expect(isAlive(sleeper)).toBe(true)
    parent.kill('SIGKILL')
    expect(await waitUntil(() => !isAlive(sleeper) && !isGroupAlive(group))).toBe(true)
  })
})
