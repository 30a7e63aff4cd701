import type { Explanation, KeyDifference } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { argument, flagOption, pairsOption, textOption } from '../input.ts'
import { paint, type Screen } from '../print/screen.ts'
import { formatTable } from '../print/table.ts'
import { escapeControls } from '../print/text-width.ts'

interface Shown {
  readonly explanation: Explanation
  readonly all: boolean
}

const verdicts = {
  hit: 'is cached: it would not run',
  miss: 'would run',
  unknown: 'depends on a step before it that runs first',
} as const

function formatParts(screen: Screen, parts: readonly KeyDifference[]): string {
  return formatTable(
    screen,
    [
      { title: 'part of the key', value: (part) => part.part, whole: true },
      { title: 'change', value: (part) => part.change },
      { title: 'before', value: (part) => part.before },
      { title: 'now', value: (part) => part.after },
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
    const shown = explanation.parts.filter((part) => all || part.change !== 'same')
    const same = explanation.parts.length - shown.length
    const name = paint(screen, 'bold', escapeControls(explanation.step))
    const lines = [`${name} ${verdicts[explanation.state]}: ${escapeControls(explanation.reason)}`]
    if (explanation.comparedRun !== undefined) lines.push(`compared with run ${explanation.comparedRun}`)
    if (shown.length > 0) lines.push('', formatParts(screen, shown))
    if (same > 0) lines.push('', `${same} parts are the same; --all lists them.`)
    return lines.join('\n')
  },
  json: ({ explanation }) => explanation,
})
