import { expect, test } from 'vitest'

import { finishRun } from './finish-run.ts'
import { listDataUses, listRunInfos } from './data-uses.ts'
import { countRuns } from './list-runs.ts'
import { logMetrics } from './log-metrics.ts'
import { listRunActivity } from './run-activity.ts'
import { listRunKeys } from './run-keys.ts'
import { listRunTable } from './run-table.ts'
import { startRun } from './start-run.ts'
import { openTracking } from './tracking.fixture.ts'

const digest = 'sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

async function threeRuns(ctx: Parameters<typeof startRun>[0]) {
  const ids = []
  for (const depth of [1, 2, 3]) {
    const id = await startRun(ctx, {
      name: `run ${depth}`,
      kind: 'run',
      startedMs: depth,
      parameters: { depth, 'learning rate': 0.1 * depth },
      tags: { stage: 'draft' },
      ...(depth === 1 ? {} : { inputs: { train: { kind: 'table', digest, dataset: 'customers', version: 1 } } }),
    })
    await logMetrics(ctx, id, { auc: depth === 3 ? Number.NaN : depth / 10 })
    ids.push(id)
  }
  return ids
}

test('a table of runs holds the asked columns in their order, pages on, and keeps NaN', async () => {
  await using tracking = await openTracking()
  await threeRuns(tracking)
  const query = { orderBy: ['metrics.auc DESC'], limit: 2 }
  const columns = ['metrics.auc', 'params.`learning rate`', 'tags.stage', 'params.none']
  const first = await listRunTable(tracking, query, columns)
  expect(first.items.map(({ info, values }) => [info.name, ...values])).toEqual([
    ['run 2', 0.2, '0.2', 'draft', null],
    ['run 1', 0.1, '0.1', 'draft', null],
  ])
  const second = await listRunTable(tracking, { ...query, pageToken: first.next! }, columns)
  expect(second.items.map(({ values }) => values[0])).toEqual([Number.NaN])
  expect(await countRuns(tracking, { filter: 'metrics.auc < 0.15' })).toBe(1)
  await expect(listRunTable(tracking, {}, ['status'])).rejects.toMatchObject({ code: 'tracking.invalid_filter' })
})

test('keys, uses of data and activity are those of the runs', async () => {
  await using tracking = await openTracking()
  const [one, two, three] = await threeRuns(tracking)
  expect(await listRunKeys(tracking)).toEqual({ metrics: ['auc'], params: ['depth', 'learning rate'], tags: ['stage'] })
  const uses = await listDataUses(tracking, 'input', { digests: [digest] })
  expect(uses.map((use) => [use.runId, use.datum.name])).toEqual([
    [three, 'train'],
    [two, 'train'],
  ])
  expect((await listRunInfos(tracking, [one!, 'none'])).map((info) => info.name)).toEqual(['run 1'])

  const before = await listRunActivity(tracking, { sinceMs: 10, ids: [] })
  expect(before).toHaveLength(3)
  await logMetrics(tracking, one!, [{ key: 'auc', value: 0.3, step: 1 }])
  await finishRun(tracking, two!, { status: 'FINISHED' })
  const after = await listRunActivity(tracking, { sinceMs: 10, ids: [two!] })
  const markOf = (list: typeof before, id: string) => list.find((run) => run.id === id)
  expect(markOf(after, one!)?.mark).not.toBe(markOf(before, one!)?.mark)
  expect(markOf(after, three!)?.mark).toBe(markOf(before, three!)?.mark)
  expect(markOf(after, two!)?.status).toBe('FINISHED')
})
