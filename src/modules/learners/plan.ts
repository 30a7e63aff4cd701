import { z } from 'zod'

import { LearnerOptionsError } from './errors.ts'
import { type LearnerSpec, learnerSpec } from './spec.ts'

const columnName = z.string().min(1)

const shape = {
  target: columnName,
  features: z.array(columnName).min(1).optional(),
  exclude: z.array(columnName).default([]),
  weight: columnName.optional(),
  task: z.enum(['binary', 'regression']).optional(),
  positive: z.string().optional(),
  monotone: z.record(z.string(), z.union([z.literal(1), z.literal(-1)])).optional(),
  seed: z.int().nonnegative().default(0),
  refit: z.boolean().default(true),
}

const planSchema = z.strictObject({ learner: learnerSpec, ...shape })

/** A plan with every default filled in. */
export type Plan = z.infer<typeof planSchema>

/** Checks what a step or a training module asked for. */
export function parsePlan(options: unknown, file?: string): Plan {
  const parsed = planSchema.safeParse(options)
  const where = file === undefined ? undefined : { file }
  if (!parsed.success) {
    throw new LearnerOptionsError(
      `The training plan is not valid: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
      'Correct the named options; a learner is written as gradientBoosting({ … }), logisticRegression({ … }), ridgeRegression({ … }), zeroRule() or blend([ … ]).',
      where,
    )
  }
  return parsed.data
}

/** Refuses a learner that cannot do the task that the target asks for. */
export function checkTask(spec: LearnerSpec, task: 'binary' | 'regression', target: string): void {
  const kinds = spec.kind === 'blend' ? spec.members.map((member) => member.kind) : [spec.kind]
  if (task === 'regression' && kinds.includes('logisticRegression')) {
    throw new LearnerOptionsError(
      `logisticRegression needs two classes, but target "${target}" is a number.`,
      'Use ridgeRegression or gradientBoosting, or make the target boolean.',
    )
  }
  if (task === 'binary' && kinds.includes('ridgeRegression')) {
    throw new LearnerOptionsError(
      `ridgeRegression predicts numbers, but target "${target}" has two classes.`,
      "Use logisticRegression or gradientBoosting, or say `task: 'regression'`.",
    )
  }
}
