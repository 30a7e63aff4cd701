import { expect, test } from 'vitest'

import type { RunActivity } from '../../modules/tracking/index.ts'
import { compareActivity } from './compare-activity.ts'

const run = (id: string, status: RunActivity['status'], mark = ''): [string, RunActivity] => [
  id,
  { id: id as RunActivity['id'], parentId: undefined, status, mark },
]

test('a run starts, logs and finishes once each; a short one starts and finishes between two looks', () => {
  const before = new Map([run('a', 'RUNNING', '1'), run('b', 'RUNNING', '1'), run('old', 'FINISHED')])
  const after = new Map([
    run('a', 'RUNNING', '2'),
    run('b', 'FINISHED'),
    run('c', 'RUNNING'),
    run('d', 'FAILED'),
    run('old', 'FINISHED'),
  ])
  expect(compareActivity(before, after).map(({ type, run }) => `${type} ${run}`)).toEqual([
    'metrics a',
    'finished b',
    'started c',
    'started d',
    'finished d',
  ])
  expect(compareActivity(after, after)).toEqual([])
})
