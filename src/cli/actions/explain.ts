import { describePlan, type Explanation, type StepPlan } from '../../modules/pipelines/index.ts'
import { defineAction } from '../command.ts'
import { argument, flagOption, pairsOption, textOption } from '../input.ts'
import { paint, type Screen } from '../print/screen.ts'
import { formatTable } from '../print/table.ts'
import { escapeControls } from '../print/text-width.ts'

interface Shown {
  readonly explanation: Explanation
  readonly all: boolean
}

function verdict(plan: StepPlan): string {
  switch (plan.state) {
    case 'hit':
      return 'is cached: nothing that belongs to its key has changed'
    case 'run':
      return `would run: ${describePlan(plan)}`
    case 'depends':
      return `${describePlan(plan)}, which would run first`
    case 'not_selected':
      return 'is not part of this run'
  }
}

function formatChanges(screen: Screen, changes: Explanation['changes']): string {
  return formatTable(
    screen,
    [
      { title: 'part of the key', value: (part) => part.name, whole: true },
      { title: 'change', value: (part) => part.change },
      { title: 'before', value: (part) => part.before },
      { title: 'now', value: (part) => part.after },
    ],
    changes,
  )
}

function formatParts(screen: Screen, parts: NonNullable<Explanation['parts']>): string {
  return formatTable(
    screen,
    [
      { title: 'part of the key now', value: (part) => part.name, whole: true },
      {
        title: 'value',
        value: (part) => ('uncacheable' in part ? part.uncacheable : (part.detail ?? part.digest.slice(7, 17))),
      },
    ],
    parts,
  )
}

export const explainAction = defineAction<Shown>({
  async run(shell, input) {
    const pipeline = textOption(input, 'pipeline')
    const run = textOption(input, 'run')
    const app = await shell.app()
    const explanation = await app.explainStep({
      step: argument(input, 0),
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(run === undefined ? {} : { run }),
      params: pairsOption(input, 'param'),
    })
    return { explanation, all: flagOption(input, 'all') }
  },
  text({ explanation, all }, screen) {
    const { step, plan, waitsFor, against, changes, parts } = explanation
    const blocks = [`${paint(screen, 'bold', escapeControls(step))} ${escapeControls(verdict(plan))}`]
    for (const before of waitsFor) blocks.push(`${escapeControls(before.step)} ${escapeControls(verdict(before))}`)
    if (against !== undefined) {
      const which = against.runId === undefined ? 'its last good run' : `run ${against.runId}`
      blocks.push(
        changes.length === 0
          ? `Its key is that of ${which}.`
          : `Compared with ${which}:\n\n${formatChanges(screen, changes)}`,
      )
    }
    if (all && parts !== undefined) blocks.push(formatParts(screen, parts))
    return blocks.join('\n\n')
  },
  json: ({ explanation }) => explanation,
})
