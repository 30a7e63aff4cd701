import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { RunId } from '../../kernel/ids.ts'
import {
  captureEnvironment,
  eachRun,
  findProcessState,
  finishRun,
  getRun,
  listRuns,
  readProcessToken,
  recoverDeadRuns,
  startRun,
} from './index.ts'
import { openTracking, type TrackingFixture } from './tracking.fixture.ts'

let ctx: TrackingFixture
beforeEach(async () => {
  ctx = await openTracking()
})
afterEach(() => ctx[Symbol.asyncDispose]())

function startWriter(count: number, mode = 'finish'): ChildProcess {
  const file = join(import.meta.dirname, 'writer.fixture.ts')
  return fork(file, [ctx.file, String(count), mode], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

test('several processes that write runs at once lose none and never see the lock', async () => {
  const children = [1, 2, 3, 4].map(() => startWriter(12))
  const complaints = children.map(async (child) => {
    let text = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
    })
    const [exitCode] = await once(child, 'exit')
    return exitCode === 0 ? '' : text
  })
  expect((await Promise.all(complaints)).join('')).toBe('')
  const { items } = await listRuns(ctx)
  expect(items).toHaveLength(48)
  for (const run of items) {
    expect(run.status).toBe('FINISHED')
    expect(run.outputs).toHaveLength(1)
    expect(run.metrics.map(({ key }) => key)).toEqual(['final', 'loss'])
  }
})

test('a killed writer leaves no run by half: acknowledged ones are whole, at most one is still open', async () => {
  for (let round = 0; round < 3; round += 1) {
    const child = startWriter(100_000)
    const acknowledged: RunId[] = []
    const enough = 3 + Math.floor(Math.random() * 20)
    await new Promise<void>((resolve) => {
      child.on('message', (id: RunId) => {
        acknowledged.push(id)
        if (acknowledged.length >= enough) resolve()
      })
    })
    await kill(child)
    for (const id of acknowledged) expect((await getRun(ctx, id)).status).toBe('FINISHED')
    const open: RunId[] = []
    for await (const run of eachRun(ctx, {})) {
      if (run.status === 'RUNNING') open.push(run.id)
      else if (run.status === 'FINISHED') expect([run.outputs.length, run.metrics.length]).toEqual([1, 2])
    }
    expect(open.length).toBeLessThanOrEqual(1)
    expect(await recoverDeadRuns(ctx, hostname())).toEqual(open)
  }
})

test('a run whose process is gone is ended with the reason; a living one and one of another host are left alone', async () => {
  const child = startWriter(1, 'hang')
  const [dead] = (await once(child, 'message')) as [RunId]
  expect(await recoverDeadRuns(ctx, hostname())).toEqual([])
  await kill(child)

  const environment = await captureEnvironment(ctx.folder, 'test')
  const alive = await startRun(ctx, { name: 'alive', kind: 'run', environment })
  const elsewhere = await startRun(ctx, {
    name: 'elsewhere',
    kind: 'run',
    environment: { ...environment, host: 'other', pid: 1 },
  })
  const client = await startRun(ctx, { name: 'client', kind: 'run' })
  expect(await recoverDeadRuns(ctx, hostname())).toEqual([dead])
  expect(await getRun(ctx, dead)).toMatchObject({ status: 'KILLED', error: { code: 'tracking.process_gone' } })
  for (const id of [alive, elsewhere, client]) expect((await getRun(ctx, id)).status).toBe('RUNNING')
  await expect(finishRun(ctx, dead, { status: 'FINISHED' })).rejects.toMatchObject({
    code: 'tracking.run_already_finished',
  })
  expect(await recoverDeadRuns(ctx, hostname())).toEqual([])
})

test('a process is known by more than its number', () => {
  const token = readProcessToken()!
  expect(findProcessState(process.pid, token)).toBe('alive')
  const parts = token.split(':')
  const replaced = (index: number): string => parts.with(index, 'x').join(':')
  expect(findProcessState(process.pid, replaced(3))).toBe('gone')
  expect(findProcessState(process.pid, replaced(1))).toBe('gone')
  expect(findProcessState(process.pid, replaced(0))).toBe('other')
  expect(findProcessState(process.pid, replaced(2))).toBe('other')
  expect(findProcessState(2 ** 22 + 1, token)).toBe('gone')
})
