import { expect, test } from 'vitest'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import type { Graph } from '../graph.ts'
import { addValueStep, createValueKind, openTestProject, testScope } from '../pipelines.fixture.ts'
import { explainStep } from './explain-step.ts'
import { describePlan, planPipeline } from './plan-pipeline.ts'
import { describeChange } from './reason.ts'
import { runPipeline } from './run-pipeline.ts'

function chain(days = 30, options = {}): Graph {
  const scope = testScope({ days })
  const a = addValueStep(scope, 'a', { files: ['a.txt'] })
  const b = addValueStep(scope, 'b', { inputs: { a }, params: ['days'], options })
  addValueStep(scope, 'c', { inputs: { b } })
  return scope.toGraph()
}

async function openChain(): Promise<Awaited<ReturnType<typeof openTestProject>>> {
  const project = await openTestProject(openTestDatabase, [createValueKind((ctx) => [ctx.node.name, ctx.params])])
  project.write('a.txt', 'a')
  return project
}

test('a plan says for each step whether it is a hit, why it would run, or what it depends on', async () => {
  await using project = await openChain()
  const plan = async (graph: Graph, options = {}): Promise<string[]> =>
    (await planPipeline(project.ctx, graph, options)).steps.map((step) => `${step.step}: ${describePlan(step)}`)
  expect(await plan(chain())).toEqual(['a: first run', 'b: depends on a', 'c: depends on b'])
  expect(project.recorder.started).toEqual([])
  await runPipeline(project.ctx, chain())
  expect(await plan(chain())).toEqual(['a: unchanged', 'b: unchanged', 'c: unchanged'])
  expect(await plan(chain(60, { by: 'time' }))).toEqual([
    'a: unchanged',
    'b: changed: option by is new, param days: 30 → 60',
    'c: depends on b',
  ])
  expect(await plan(chain(), { force: ['a'] })).toEqual(['a: forced', 'b: depends on a', 'c: depends on b'])
  expect(await plan(chain(), { only: 'b' })).toEqual(['a: unchanged', 'b: unchanged', 'c: not selected'])
  project.write('a.txt', 'edited')
  expect(await plan(chain())).toEqual(['a: changed: code a.txt', 'b: depends on a', 'c: depends on b'])
})

test('explain compares with the last good run, or with the run that is named', async () => {
  await using project = await openChain()
  const first = await runPipeline(project.ctx, chain(30))
  await runPipeline(project.ctx, chain(60))
  const now = await explainStep(project.ctx, chain(90), 'b')
  expect(now.plan).toMatchObject({ state: 'run' })
  expect(now.changes.map(describeChange)).toEqual(['param days: 60 → 90'])
  const withFirst = await explainStep(project.ctx, chain(90), 'b', { against: first.runId })
  expect(withFirst.changes.map(describeChange)).toEqual(['param days: 30 → 90'])
  const stepRun = first.steps[1]!.runId!
  expect((await explainStep(project.ctx, chain(90), 'b', { against: stepRun })).changes).toEqual(withFirst.changes)
  const hit = await explainStep(project.ctx, chain(60), 'b')
  expect(hit).toMatchObject({ plan: { state: 'hit' }, changes: [] })
  expect(hit.parts?.map((part) => part.name)).toEqual(['input a', 'kind', 'outputs', 'param days', 'step'])
})

test('explain of a cached run knows its key too', async () => {
  await using project = await openChain()
  await runPipeline(project.ctx, chain(30))
  await runPipeline(project.ctx, chain(60))
  const cached = await runPipeline(project.ctx, chain(30))
  expect(cached.steps.every((step) => step.state === 'cached')).toBe(true)
  expect(
    (await explainStep(project.ctx, chain(60), 'b', { against: cached.runId })).changes.map(describeChange),
  ).toEqual(['param days: 30 → 60'])
  expect((await explainStep(project.ctx, chain(90), 'b')).changes.map(describeChange)).toEqual(['param days: 30 → 90'])
})

test('explain names what a step waits for, and refuses what it does not know', async () => {
  await using project = await openChain()
  await runPipeline(project.ctx, chain())
  project.write('a.txt', 'edited')
  const waiting = await explainStep(project.ctx, chain(), 'c')
  expect(waiting).toMatchObject({ plan: { state: 'depends', on: ['b'] }, changes: [] })
  expect(waiting.waitsFor.map(describePlan)).toEqual(['changed: code a.txt'])
  await expect(explainStep(project.ctx, chain(), 'd')).rejects.toMatchObject({ code: 'pipelines.unknown_step' })
  await expect(explainStep(project.ctx, chain(), 'a', { against: 'no-run' })).rejects.toMatchObject({
    code: 'pipelines.step_not_in_run',
  })
})
