import type { Reproduction } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { InvalidOptionError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { argument, textOption } from '../input.ts'
import { openStepProgress } from '../open-progress.ts'
import { formatFacts, formatTable } from '../print/table.ts'

const words = {
  identical: 'identical',
  within_tolerance: 'within tolerance',
  different: 'different',
  missing: 'missing',
} as const

function tolerance(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidOptionError('--tolerance', text, 'a number such as 1e-9')
  return value
}

function allHold(reproduction: Reproduction): boolean {
  return reproduction.outputs.every((output) => output.verdict === 'identical' || output.verdict === 'within_tolerance')
}

export const reproduceAction = defineAction<Reproduction>({
  async run(shell, input) {
    const allowed = tolerance(textOption(input, 'tolerance'))
    const app = await shell.app()
    const view = openStepProgress(shell)
    try {
      return await app.reproduce({
        run: argument(input, 0),
        ...(allowed === undefined ? {} : { tolerance: allowed }),
        signal: shell.signal,
        onEvent: view.show,
      })
    } finally {
      view.close()
    }
  },
  text(data, screen) {
    const table = formatTable(
      screen,
      [
        { title: 'step', value: (output) => output.step },
        { title: 'output', value: (output) => output.output },
        { title: 'verdict', value: (output) => words[output.verdict] },
        { title: 'detail', value: (output) => output.detail },
      ],
      data.outputs,
    )
    const verdict = allHold(data) ? 'Reproduced: every output is the same.' : 'Not reproduced: some outputs differ.'
    const changes = data.environment.map(({ what, recorded, current }) => `${what}: ${recorded}, now ${current}`)
    const facts = formatFacts(screen, [
      ['commit', data.commit],
      ['changed', changes.length === 0 ? undefined : changes.join('\n')],
      ['not recorded', data.omitted.length === 0 ? undefined : data.omitted.join(', ')],
    ])
    return [table, facts, verdict].filter((block) => block !== '').join('\n\n')
  },
  exitCode: (data) => (allHold(data) ? 0 : exitCodes.check),
})
