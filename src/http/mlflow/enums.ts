import { z } from 'zod'

import type { LifecycleStage, RunStatus } from '../../modules/tracking/index.ts'

// Enums travel by name; a client may send the number.

const statuses = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const satisfies readonly RunStatus[]
export const runStatus = z.union([z.enum(statuses), z.int().min(1).max(5), z.enum(['1', '2', '3', '4', '5'])])

export function toRunStatus(given: z.infer<typeof runStatus>): RunStatus {
  return statuses.find((name) => name === given) ?? statuses[Number(given) - 1]!
}

const views = ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const
export const viewType = z.union([z.enum(views), z.int().min(1).max(3), z.enum(['1', '2', '3'])])

export function toLifecycle(given: z.infer<typeof viewType> | null | undefined): LifecycleStage | 'all' {
  const view = views.find((name) => name === given) ?? views[Number(given ?? 1) - 1]
  return view === 'ALL' ? 'all' : view === 'DELETED_ONLY' ? 'deleted' : 'active'
}
