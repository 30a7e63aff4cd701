import { open } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Page } from '../../kernel/page.ts'
import type { Run } from '../../modules/tracking/index.ts'
import type { RunDetail, RunFilter } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { InvalidOptionError, WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, countOption, flagOption, textOption } from '../input.ts'
import { nextPage } from '../print/next-page.ts'
import { formatRun, formatRunTable } from '../print/runs.ts'

const states: Readonly<Record<string, readonly Run['status'][]>> = {
  running: ['SCHEDULED', 'RUNNING'],
  finished: ['FINISHED'],
  failed: ['FAILED'],
  stopped: ['KILLED'],
}

function statusesOf(input: CommandInput): RunFilter['statuses'] {
  const state = textOption(input, 'state')
  if (state === undefined) return undefined
  const statuses = states[state.toLowerCase()]
  if (statuses === undefined) throw new InvalidOptionError('--state', state, 'running, finished, failed or stopped')
  return statuses
}

function sinceOf(input: CommandInput): number | undefined {
  const since = textOption(input, 'since')
  if (since === undefined) return undefined
  const ms = Date.parse(since)
  if (Number.isNaN(ms)) throw new InvalidOptionError('--since', since, 'a date such as 2026-01-31 or 2026-01-31T08:00')
  return ms
}

function filterOf(input: CommandInput): RunFilter {
  const pipeline = textOption(input, 'pipeline')
  const filter = textOption(input, 'filter')
  const statuses = statusesOf(input)
  const sinceMs = sinceOf(input)
  return {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(filter === undefined ? {} : { filter }),
    ...(statuses === undefined ? {} : { statuses }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(flagOption(input, 'steps') ? {} : { kinds: ['pipeline', 'run'] as const }),
  }
}

interface ListedRuns {
  readonly page: Page<Run>
  /** The call that was made, for the next one. */
  readonly input: CommandInput
}

export const listRunsAction = defineAction<ListedRuns>({
  async run(shell, input) {
    const pageToken = textOption(input, 'after')
    const filter = {
      ...filterOf(input),
      limit: countOption(input, 'limit') ?? 20,
      ...(pageToken === undefined ? {} : { pageToken }),
    }
    const app = await shell.app()
    return { page: await app.listRuns(filter), input }
  },
  text({ page, input }, screen, now) {
    if (page.items.length === 0) return 'There are no such runs. "baton run PIPELINE" makes one.'
    return formatRunTable(screen, page.items, now) + nextPage(screen, page, { command: 'baton runs list', input })
  },
  json: ({ page }) => page,
})

export const showRunAction = defineAction<RunDetail>({
  async run(shell, input) {
    const app = await shell.app()
    return app.showRun(argument(input, 0))
  },
  text: (detail, screen, now) => formatRun(screen, detail, now),
  json: ({ run, steps }) => ({ ...run, steps }),
})

export const exportRunsAction = defineAction<{ readonly file: string }>({
  async run(shell, input) {
    const file = textOption(input, 'csv') ?? '-'
    if (file === '-' && shell.global.json) {
      throw new WrongArgumentsError('CSV and JSON cannot share standard output.', 'baton runs export')
    }
    const app = await shell.app()
    const pieces = app.exportRuns(filterOf(input))
    if (file === '-') {
      for await (const piece of pieces) await shell.output(piece)
      return { file }
    }
    const path = resolve(shell.cwd, file)
    const handle = await open(path, 'w')
    try {
      for await (const piece of pieces) await handle.write(piece)
    } finally {
      await handle.close()
    }
    return { file: path }
  },
  text: ({ file }) => (file === '-' ? '' : `experiment record  ${file}`),
})

export const noteRunAction = defineAction<{ readonly run: string; readonly note: string }>({
  async run(shell, input) {
    const [run, note] = [argument(input, 0), argument(input, 1)]
    const app = await shell.app()
    await app.noteRun(run, note)
    return { run, note }
  },
  text: ({ run }) => `noted; baton runs show ${run} shows it`,
})
