import { resolve } from 'node:path'

import type { ImportCount, ImportSummary } from '../../modules/exchange/index.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { textOption } from '../input.ts'
import { openCountProgress } from '../open-progress.ts'
import { formatCount } from '../print/quantities.ts'
import { paint } from '../print/screen.ts'
import { formatTable } from '../print/table.ts'
import { escapeControls } from '../print/text-width.ts'

const mostShown = 20

export const importMlflowAction = defineAction<ImportSummary>({
  async run(shell, input) {
    const given = textOption(input, 'from')
    if (given === undefined)
      throw new WrongArgumentsError('"baton import mlflow" needs --from, and it is missing.', 'baton import mlflow')
    const from = /^https?:/i.test(given) ? given : resolve(shell.cwd, given.replace(/^(sqlite:\/\/\/|file:\/\/)/i, ''))
    const app = await shell.app()
    const progress = openCountProgress(shell, 'import mlflow')
    try {
      return await app.importMlflow({ from, signal: shell.signal, onProgress: progress.show })
    } finally {
      progress.close()
    }
  },
  text(data, screen) {
    const rows: (readonly [string, ImportCount])[] = [
      ['experiments', data.experiments],
      ['runs', data.runs],
      ['models', data.models],
      ['model versions', data.modelVersions],
    ]
    const table = formatTable(
      screen,
      [
        { title: '', value: ([what]) => what },
        { title: 'brought', value: ([, { brought }]) => formatCount(brought), align: 'right' },
        { title: 'updated', value: ([, { updated }]) => formatCount(updated), align: 'right' },
        { title: 'already there', value: ([, { unchanged }]) => formatCount(unchanged), align: 'right' },
      ],
      rows,
    )
    const shown = data.leftOut.slice(0, mostShown).map(({ what, why }) => {
      return `${paint(screen, 'yellow', 'left out')}  ${escapeControls(what)}: ${escapeControls(why)}`
    })
    const more = data.leftOut.length - shown.length
    if (more > 0) shown.push(`and ${formatCount(more)} more; --json names all of them`)
    const files = data.artifactFiles === 0 ? '' : `${formatCount(data.artifactFiles)} artifact files were copied.`
    return [table, files, shown.join('\n')].filter((block) => block !== '').join('\n\n')
  },
})
