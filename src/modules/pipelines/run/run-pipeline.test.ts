import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import type { Graph } from '../graph.ts'
import {
  addValueStep,
  createValueKind,
  openTestProject,
  type TestProject,
  testScope,
  valueOutput,
} from '../pipelines.fixture.ts'
import type { StepContext } from '../step-kind.ts'
import { runPipeline } from './run-pipeline.ts'

/** a → b → d, a → c → d, with a file for each. */
function diamond(): Graph {
  const scope = testScope()
  const a = addValueStep(scope, 'a', { files: ['a.txt'] })
  const b = addValueStep(scope, 'b', { files: ['b.txt'], inputs: { a } })
  const c = addValueStep(scope, 'c', { inputs: { a } })
  addValueStep(scope, 'd', { inputs: { b, c } })
  return scope.toGraph()
}

async function openDiamond(
  work?: (ctx: StepContext) => string | Promise<string>,
): Promise<TestProject & { readonly ran: string[] }> {
  const kind = createValueKind(work)
  const project = await openTestProject(openTestDatabase, [kind])
  project.write('a.txt', 'a')
  project.write('b.txt', 'b')
  return Object.assign(project, { ran: kind.ran })
}

function states(result: { readonly steps: readonly { readonly name: string; readonly state: string }[] }): string {
  return result.steps.map((step) => `${step.name} ${step.state}`).join(', ')
}

describe('runPipeline', () => {
  test('runs every step once, then takes all of them from the cache', async () => {
    await using project = await openDiamond()
    const first = await runPipeline(project.ctx, diamond())
    expect(states(first)).toBe('a ran, b ran, c ran, d ran')
    expect(first.steps.map((step) => step.reason)).toEqual(Array(4).fill('first run'))
    const second = await runPipeline(project.ctx, diamond())
    expect(states(second)).toBe('a cached, b cached, c cached, d cached')
    expect(second.steps.map((step) => step.outputs)).toEqual(first.steps.map((step) => step.outputs))
    expect(second.steps.map((step) => step.sourceRunId)).toEqual(first.steps.map((step) => step.runId))
    expect(project.ran).toHaveLength(4)
    expect(project.recorder.cached.map((step) => step.step)).toEqual(['a', 'b', 'c', 'd'])
    expect([...project.recorder.pipelines.values()]).toMatchObject([
      { state: 'finished', steps: { ran: 4, cached: 0 } },
      { state: 'finished', steps: { ran: 0, cached: 4 } },
    ])
  })

  test('a changed file runs its step; what reads an equal result is cut off', async () => {
    await using project = await openDiamond()
    await runPipeline(project.ctx, diamond())
    project.write('b.txt', 'b, edited')
    const result = await runPipeline(project.ctx, diamond())
    expect(states(result)).toBe('a cached, b ran, c cached, d cached')
    expect(result.steps[1]?.reason).toBe('changed: code b.txt')
  })

  test('a changed result runs what reads it', async () => {
    let version = 1
    await using project = await openDiamond((ctx) => `${ctx.node.name} ${ctx.node.name === 'b' ? version : 0}`)
    await runPipeline(project.ctx, diamond())
    project.write('b.txt', 'b, edited')
    version = 2
    const result = await runPipeline(project.ctx, diamond())
    expect(states(result)).toBe('a cached, b ran, c cached, d ran')
    expect(result.steps[3]?.reason).toMatch(/^changed: input b: value .* → value /)
  })

  test('going back to an earlier state is a hit', async () => {
    await using project = await openDiamond()
    await runPipeline(project.ctx, diamond())
    project.write('b.txt', 'other')
    await runPipeline(project.ctx, diamond())
    project.write('b.txt', 'b')
    expect(states(await runPipeline(project.ctx, diamond()))).toBe('a cached, b cached, c cached, d cached')
    expect(project.ran.filter((name) => name === 'b')).toHaveLength(2)
  })

  test('independent steps run at the same time, as many as jobs allow', async () => {
    const scope = testScope()
    for (const name of ['a', 'b', 'c', 'd', 'e']) addValueStep(scope, name)
    let now = 0
    let most = 0
    const kind = createValueKind(async (ctx) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 10))
      now--
      return ctx.node.name
    })
    await using project = await openTestProject(openTestDatabase, [kind])
    await runPipeline(project.ctx, scope.toGraph(), { jobs: 3 })
    expect(most).toBe(3)
  })

  test('a failure finishes what runs, starts nothing new, and says how to go on', async () => {
    const scope = testScope()
    addValueStep(scope, 'bad')
    const slow = addValueStep(scope, 'slow')
    addValueStep(scope, 'after', { inputs: { slow } })
    const kind = createValueKind(async (ctx) => {
      ctx.log(`line of ${ctx.node.name}`)
      if (ctx.node.name === 'bad') throw new Error('no more paper')
      await new Promise((resolve) => setTimeout(resolve, 20))
      return 1
    })
    await using project = await openTestProject(openTestDatabase, [kind])
    const result = await runPipeline(project.ctx, scope.toGraph(), { jobs: 2 })
    expect(result.state).toBe('failed')
    expect(states(result)).toBe('bad failed, slow ran, after skipped')
    expect(result.steps[2]?.reason).toBe('bad failed')
    expect(result.steps[0]?.failure).toMatchObject({
      error: { code: 'pipelines.step_failed', message: 'Step bad failed: no more paper' },
      logTail: ['line of bad'],
      rerun: 'baton run belt --only bad',
    })
    const again = await runPipeline(project.ctx, scope.toGraph(), { keepGoing: true })
    expect(states(again)).toBe('bad failed, slow cached, after ran')
  })

  test('retries a step with a fresh work folder, then succeeds', async () => {
    const folders: string[] = []
    const scope = testScope()
    addValueStep(scope, 'flaky', { retries: 2 })
    const kind = createValueKind((ctx) => {
      folders.push(ctx.workFolder)
      expect(readdirSync(ctx.workFolder)).toEqual([])
      writeFileSync(join(ctx.workFolder, 'left'), '')
      if (folders.length < 3) throw new Error('not yet')
      return 'at last'
    })
    await using project = await openTestProject(openTestDatabase, [kind])
    const result = await runPipeline(project.ctx, scope.toGraph(), { retryDelayMs: 1 })
    expect(states(result)).toBe('flaky ran')
    expect(new Set(folders).size).toBe(3)
    expect(readdirSync(join(project.root, '.baton', 'tmp'))).toEqual([])
  })

  test('a timeout fails the step with the time it had', async () => {
    const scope = testScope()
    addValueStep(scope, 'slow', { timeoutMs: 20 })
    const kind = createValueKind(
      (ctx) =>
        new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(new Error('told to stop')))),
    )
    await using project = await openTestProject(openTestDatabase, [kind])
    const result = await runPipeline(project.ctx, scope.toGraph())
    expect(result.error).toMatchObject({ code: 'pipelines.step_timed_out', kind: 'check' })
  })

  test('an abort stops what runs, skips the rest, and leaves no work folder', async () => {
    const stop = new AbortController()
    const scope = testScope()
    const a = addValueStep(scope, 'a')
    addValueStep(scope, 'b', { inputs: { a } })
    const kind = createValueKind((ctx) => {
      const stopped = new Promise<never>((_, reject) =>
        ctx.signal.addEventListener('abort', () => reject(new Error('x'))),
      )
      stop.abort()
      return stopped
    })
    await using project = await openTestProject(openTestDatabase, [kind])
    const result = await runPipeline(project.ctx, scope.toGraph(), { signal: stop.signal })
    expect(result).toMatchObject({ state: 'interrupted', error: { kind: 'interrupted' } })
    expect(states(result)).toBe('a failed, b skipped')
    expect(result.steps[1]?.reason).toBe('stopped')
    expect([...project.recorder.ended.values()]).toMatchObject([{ state: 'killed' }])
    expect([...project.recorder.pipelines.values()]).toMatchObject([{ state: 'killed' }])
    expect(readdirSync(join(project.root, '.baton', 'tmp'))).toEqual([])
  })

  test('other bytes for the same key are reported, and the first result stays', async () => {
    let count = 0
    const scope = testScope()
    addValueStep(scope, 'dice')
    const kind = createValueKind(() => ++count)
    await using project = await openTestProject(openTestDatabase, [kind])
    const graph = scope.toGraph()
    const first = await runPipeline(project.ctx, graph)
    const forced = await runPipeline(project.ctx, graph, { force: true })
    expect(forced.steps[0]?.reason).toBe('forced')
    expect(forced.steps[0]?.notices).toMatchObject([{ label: 'non-deterministic' }])
    expect(forced.steps[0]?.notices[0]?.text).toContain(valueOutput(1).digest.slice(7, 17))
    expect(forced.steps[0]?.notices[0]?.text).toContain(valueOutput(2).digest.slice(7, 17))
    const third = await runPipeline(project.ctx, graph)
    expect(third.steps[0]).toMatchObject({ state: 'cached', outputs: first.steps[0]!.outputs })
  })

  test('a file that changes while its step runs keeps the result out of the cache', async () => {
    await using project = await openDiamond((ctx) => {
      if (ctx.node.name === 'b') project.write('b.txt', `edited under way ${Math.random()}`)
      return ctx.node.name
    })
    const result = await runPipeline(project.ctx, diamond())
    expect(result.steps[1]?.notices).toMatchObject([{ label: 'changed while running' }])
    expect(result.steps[1]?.notices[0]?.text).toContain('code b.txt')
    const again = await runPipeline(project.ctx, diamond())
    expect(states(again)).toBe('a cached, b ran, c cached, d cached')
  })

  test('an output that is gone from the store is made again and replaces the entry', async () => {
    const missing = new Set<string>()
    const kind = createValueKind()
    await using project = await openTestProject(openTestDatabase, [kind], {
      outputsPresent: (outputs) => Promise.resolve(outputs.map((output) => !missing.has(output.digest))),
    })
    project.write('a.txt', 'a')
    project.write('b.txt', 'b')
    await runPipeline(project.ctx, diamond())
    missing.add(valueOutput('b').digest)
    const result = await runPipeline(project.ctx, diamond())
    expect(result.steps[1]).toMatchObject({ state: 'ran', reason: 'output missing: output', notices: [] })
    missing.clear()
    const last = await runPipeline(project.ctx, diamond())
    expect(last.steps[1]).toMatchObject({ state: 'cached', sourceRunId: result.steps[1]!.runId })
  })

  test('--only runs one step on cached inputs, and refuses stale ones', async () => {
    await using project = await openDiamond()
    const early = await runPipeline(project.ctx, diamond(), { only: 'd' })
    expect(early.error).toMatchObject({ code: 'pipelines.upstream_not_ready' })
    expect(project.ran).toEqual([])
    await runPipeline(project.ctx, diamond())
    const only = await runPipeline(project.ctx, diamond(), { only: 'b', force: true })
    expect(states(only)).toBe('a cached, b ran, c skipped, d skipped')
    expect(only.state).toBe('done')
    const from = await runPipeline(project.ctx, diamond(), { from: 'b', force: true })
    expect(states(from)).toBe('a cached, b ran, c cached, d ran')
    const forced = await runPipeline(project.ctx, diamond(), { force: ['c'] })
    expect(states(forced)).toBe('a cached, b cached, c ran, d cached')
    await expect(runPipeline(project.ctx, diamond(), { only: 'dd' })).rejects.toMatchObject({
      code: 'pipelines.unknown_step',
    })
  })

  test('an uncached step always runs and says why', async () => {
    const scope = testScope()
    addValueStep(scope, 'clock', { cached: false })
    await using project = await openTestProject(openTestDatabase, [createValueKind()])
    await runPipeline(project.ctx, scope.toGraph())
    const again = await runPipeline(project.ctx, scope.toGraph())
    expect(again.steps[0]).toMatchObject({
      state: 'ran',
      reason: 'always runs: it is declared with `cache: false`',
    })
  })

  test('events tell the story in order', async () => {
    await using project = await openDiamond()
    const seen: string[] = []
    const options = {
      jobs: 1,
      onEvent: (event: { type: string; step?: string }) =>
        void seen.push(event.step ? `${event.type} ${event.step}` : event.type),
    }
    await runPipeline(project.ctx, diamond(), { ...options, only: 'a' })
    expect(seen).toEqual([
      'run_started',
      'step_planned a',
      'step_started a',
      'step_finished a',
      'step_finished b',
      'step_finished c',
      'step_finished d',
      'run_finished',
    ])
  })

  test('work folders of a process that is gone are removed, and its run is marked as killed', async () => {
    await using project = await openDiamond()
    const dead = join(project.root, '.baton', 'tmp', `run-${'0'.repeat(32)}`)
    mkdirSync(dead, { recursive: true })
    const owner = {
      pid: 2 ** 22 + 1,
      host: (await import('node:os')).hostname(),
      started: '1',
      pipelineRunId: '0'.repeat(32),
    }
    writeFileSync(join(dead, 'owner.json'), JSON.stringify(owner))
    await runPipeline(project.ctx, diamond())
    expect(readdirSync(join(project.root, '.baton', 'tmp'))).toEqual([])
    expect(project.recorder.pipelines.get('0'.repeat(32) as never)).toBe('abandoned')
  })
})
