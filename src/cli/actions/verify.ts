import type { Verification } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { flagOption } from '../input.ts'
import { formatCount } from '../print/quantities.ts'
import { paint } from '../print/screen.ts'
import { formatFacts } from '../print/table.ts'
import { escapeControls } from '../print/text-width.ts'

export const verifyAction = defineAction<Verification>({
  async run(shell, input) {
    const app = await shell.app()
    return app.verify({ clean: flagOption(input, 'clean'), signal: shell.signal })
  },
  text(data, screen) {
    const facts = formatFacts(
      screen,
      Object.entries(data.checked).map(([what, count]) => [escapeControls(what), formatCount(count)] as const),
    )
    const problems = data.problems.map(
      (problem) =>
        `${paint(screen, 'red', 'problem')}  ${escapeControls(problem.what)}\n  where  ${escapeControls(problem.where)}\n  do     ${escapeControls(problem.hint)}`,
    )
    const left = data.leftovers.length - data.cleaned.length
    const leftovers =
      left <= 0
        ? ''
        : `${formatCount(left)} ${left === 1 ? 'thing was' : 'things were'} left behind by runs that died: harmless, and "baton verify --clean" removes them.`
    const cleaned = data.cleaned.map((path) => `removed  ${escapeControls(path)}`)
    const verdict =
      data.problems.length === 0
        ? 'The store is whole: everything in it is what it was recorded to be.'
        : `${formatCount(data.problems.length)} ${data.problems.length === 1 ? 'thing is' : 'things are'} not what was recorded.`
    return [facts, ...problems, cleaned.join('\n'), leftovers, verdict].filter((block) => block !== '').join('\n\n')
  },
  exitCode: (data) => (data.problems.length === 0 ? 0 : exitCodes.check),
})
