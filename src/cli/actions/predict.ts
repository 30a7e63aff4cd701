import { isAbsolute, resolve } from 'node:path'

import type { PredictOutcome } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, textOption } from '../input.ts'
import { openCountProgress } from '../open-progress.ts'
import { formatCount, formatDuration } from '../print/quantities.ts'
import { formatFacts, formatTable } from '../print/table.ts'
import { escapeControls } from '../print/text-width.ts'

function required(input: CommandInput, name: string): string {
  const value = textOption(input, name)
  if (value === undefined)
    throw new WrongArgumentsError(`"baton predict" needs --${name}, and it is missing.`, 'baton predict')
  return value
}

/** A path is meant from where the user stands; a dataset's name stays as it is. */
function fromHere(cwd: string, text: string): string {
  const isPath = isAbsolute(text) || text.includes('/') || /\.(csv|csv\.gz|parquet|jsonl|ndjson)$/i.test(text)
  return isPath ? resolve(cwd, text) : text
}

export const predictAction = defineAction<PredictOutcome>({
  async run(shell, input) {
    const request = {
      model: argument(input, 0),
      input: fromHere(shell.cwd, required(input, 'input')),
      output: resolve(shell.cwd, required(input, 'output')),
    }
    const app = await shell.app()
    const counter = openCountProgress(shell, 'predict')
    try {
      return await app.predict({ ...request, signal: shell.signal, onProgress: counter.show })
    } finally {
      counter.close()
    }
  },
  text(data, screen) {
    const facts = formatFacts(screen, [
      ['model', `${escapeControls(data.model)}@${data.version}`],
      ['scored', `${formatCount(data.scored)} of ${formatCount(data.rows)} rows in ${formatDuration(data.wallMs)}`],
      ['put aside', data.refused === 0 ? undefined : `${formatCount(data.refused)} rows that break the contract`],
      ['scores', escapeControls(data.output)],
      ['reasons', data.quarantine === undefined ? undefined : escapeControls(data.quarantine)],
    ])
    if (data.reasons.length === 0) return facts
    const table = formatTable(
      screen,
      [
        { title: 'rows', value: (line) => formatCount(line.rows), align: 'right' },
        { title: 'reason', value: (line) => line.reason },
      ],
      data.reasons,
    )
    return `${facts}\n\n${table}`
  },
})
