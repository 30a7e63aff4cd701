import { isAbsolute, resolve } from 'node:path'

import type { Predicted } from '../../modules/serving/index.ts'
import { defineAction } from '../command.ts'
import { InvalidOptionError, WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, textOption } from '../input.ts'
import { openCountProgress } from '../open-progress.ts'
import { formatCount, formatDuration } from '../print/quantities.ts'
import { shortenPaths } from '../print/screen.ts'
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

function thresholdOf(input: CommandInput): number | undefined {
  const text = textOption(input, 'threshold')
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidOptionError('--threshold', text, 'a number')
  return value
}

function putAside(rows: number): string | undefined {
  if (rows === 0) return undefined
  return rows === 1 ? '1 row that breaks the contract' : `${formatCount(rows)} rows that break the contract`
}

export const predictAction = defineAction<Predicted>({
  async run(shell, input) {
    const columns = textOption(input, 'columns')?.split(',')
    const threshold = thresholdOf(input)
    const request = {
      model: argument(input, 0),
      input: fromHere(shell.cwd, required(input, 'input')),
      output: resolve(shell.cwd, required(input, 'output')),
      ...(columns === undefined ? {} : { columns: columns.map((name) => name.trim()) }),
      ...(threshold === undefined ? {} : { threshold }),
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
    const rate = `${formatCount(data.rowsPerSecond)} rows a second`
    const facts = formatFacts(screen, [
      ['model', escapeControls(data.model)],
      [
        'scored',
        `${formatCount(data.scored)} of ${formatCount(data.rows)} rows in ${formatDuration(data.seconds * 1000)}, ${rate}`,
      ],
      ['scores', shortenPaths(screen, escapeControls(data.output))],
      ['put aside', putAside(data.rejected)],
      ['with reasons', data.rejectedOutput && shortenPaths(screen, escapeControls(data.rejectedOutput))],
    ])
    const reasons = Object.entries(data.reasons).toSorted(([, a], [, b]) => b - a)
    if (reasons.length === 0) return facts
    const table = formatTable(
      screen,
      [
        { title: 'rows', value: ([, rows]) => formatCount(rows), align: 'right' },
        { title: 'reason', value: ([reason]) => reason },
      ],
      reasons,
    )
    return `${facts}\n\n${table}`
  },
})
