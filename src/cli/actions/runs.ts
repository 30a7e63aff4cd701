import { open } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Page } from '../../kernel/page.ts'
import type { RunDetail, RunFilter, RunSummary } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, countOption, flagOption, pairsOption, textOption } from '../input.ts'
import { formatRun, formatRunTable } from '../print/runs.ts'

function filterOf(input: CommandInput): Omit<RunFilter, 'limit' | 'after'> {
  const pipeline = textOption(input, 'pipeline')
  const state = textOption(input, 'state')
  const since = textOption(input, 'since')
  const tags = pairsOption(input, 'tag')
  return {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(state === undefined ? {} : { state }),
    ...(since === undefined ? {} : { since }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    ...(flagOption(input, 'steps') ? { steps: true } : {}),
  }
}

export const listRunsAction = defineAction<Page<RunSummary>>({
  async run(shell, input) {
    const filter = { ...filterOf(input), limit: countOption(input, 'limit') ?? 20 }
    const app = await shell.app()
    return app.listRuns(filter)
  },
  text(page, screen, now) {
    if (page.items.length === 0) return 'There are no such runs. "baton run PIPELINE" makes one.'
    const more = page.next === undefined ? '' : '\n\nThere are more; --limit shows more of them.'
    return formatRunTable(screen, page.items, now) + more
  },
})

export const showRunAction = defineAction<RunDetail>({
  async run(shell, input) {
    const app = await shell.app()
    return app.showRun(argument(input, 0))
  },
  text: (run, screen, now) => formatRun(screen, run, now),
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
