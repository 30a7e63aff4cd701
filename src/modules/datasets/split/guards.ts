import type { Graph, StepNode } from '../../pipelines/declare.ts'
import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName } from '../../checks/index.ts'
import { SplitRefusedError } from '../errors.ts'
import { type PartName, partNames } from './rules.ts'

/** Kinds of steps that learn from all rows that they see. */
const fittingKinds = new Set(['train', 'predict'])

function optionOf(node: StepNode, name: string): boolean {
  const { options } = node
  return (
    typeof options === 'object' &&
    options !== null &&
    !Array.isArray(options) &&
    (options as Record<string, unknown>)[name] === true
  )
}

function ancestorsOf(graph: Graph, node: StepNode): readonly StepNode[] {
  const byName = new Map(graph.steps.map((step) => [step.name, step]))
  const found = new Map<string, StepNode>()
  const visit = (step: StepNode): void => {
    for (const input of Object.values(step.inputs)) {
      const above = byName.get(input.step)
      if (!above || found.has(above.name)) continue
      found.set(above.name, above)
      visit(above)
    }
  }
  visit(node)
  return [...found.values()]
}

/** Refuses a split below a step that fitted something to, or resampled, rows of all parts. */
export function refuseAfterFitting(graph: Graph, node: StepNode): void {
  for (const step of ancestorsOf(graph, node)) {
    const fits = fittingKinds.has(step.kind) || optionOf(step, 'fits')
    const resamples = optionOf(step, 'resamples')
    if (!fits && !resamples) continue
    const what = fits ? 'fits' : 'resamples'
    throw new SplitRefusedError(
      fits ? 'split_after_fit' : 'split_after_resampling',
      `The step ${node.name} splits what the step ${step.name} ${what}: it has seen the test rows already.`,
      {
        kind: 'usage',
        why: fits
          ? 'Statistics of the test rows reach the training rows, and the score on the test is too good to be true.'
          : 'Copies of one row land on both sides, and the score on the test is too good to be true.',
        hint: `Split first, then ${fits ? 'fit on' : 'resample'} split.train only.`,
        where: { file: graph.file, field: node.name },
      },
    )
  }
}

export interface PartFacts {
  readonly rows: number
  readonly from?: string
  readonly to?: string
}

/** Refuses a part without rows. */
export function refuseEmpty(parts: Partial<Record<PartName, PartFacts>>, rule: string): void {
  for (const name of partNames) {
    if (parts[name]?.rows !== 0) continue
    throw new SplitRefusedError('split_empty', `The ${name} part has no rows (${rule}).`, {
      hint: 'Choose other sizes, or look at the range of the column: all rows may have the same value.',
      details: { parts },
    })
  }
}

/** Refuses parts that are not one after the other: the model would learn from what came after the test. */
export function refuseTimeLeak(parts: Partial<Record<PartName, PartFacts>>, column: string): void {
  const present = partNames.filter((name) => parts[name])
  for (const [index, later] of present.entries()) {
    const earlier = present[index - 1]
    if (earlier === undefined) continue
    const to = parts[earlier]?.to
    const from = parts[later]?.from
    if (to === undefined || from === undefined || to < from) continue
    throw new SplitRefusedError(
      'split_time_leak',
      `The ${earlier} part reaches ${to}, and the ${later} part begins at ${from}.`,
      {
        why: `In production nothing of ${from} is known yet when a model is trained on the time before it.`,
        hint: `Let every part begin after the one before it ends: order the sizes as train, validation, test along ${column}.`,
        details: { parts },
      },
    )
  }
}

/** Refuses a value that is in two parts. */
export async function refuseShared(
  session: TableSession,
  files: Partial<Record<PartName, string>>,
  column: string,
): Promise<void> {
  const name = sqlName(column)
  const each = Object.entries(files).map(
    ([part, relation]) => `SELECT DISTINCT ${name} AS value, '${part}' AS part FROM ${relation}`,
  )
  const shared = await session.rows<{ value: string; parts: string; total: number }>(
    `SELECT CAST(value AS VARCHAR) AS value, string_agg(part, ' and ' ORDER BY part DESC) AS parts, count(*) OVER () AS total
     FROM (${each.join(' UNION ALL ')}) WHERE value IS NOT NULL GROUP BY value HAVING count(*) > 1 ORDER BY 1 LIMIT 3`,
  )
  const [first] = shared
  if (!first) return
  throw new SplitRefusedError(
    'split_group_leak',
    `${first.total} values of ${column} are in more than one part, for example ${shared.map((row) => `${row.value} (${row.parts})`).join(', ')}.`,
    {
      why: 'The model can recognise the group instead of learning the rule, and the score on the test is too good to be true.',
      hint: `Split by the group: by: group('${column}').`,
      where: { field: column },
    },
  )
}
