import type { AppContexts } from './contexts.ts'
import type { CliApp } from '../cli/app-interface.ts'
import {
  addNote,
  childRuns,
  exportRunsCsv,
  findRun,
  listRuns,
  type Run,
  RunNotFoundError,
} from '../modules/tracking/index.ts'

type RunCommands = Pick<CliApp, 'listRuns' | 'showRun' | 'exportRuns' | 'noteRun'>

/** The run that a person means by the beginning or the end of its id. */
export async function requireRun({ tracking }: AppContexts, text: string): Promise<Run> {
  const run = await findRun(tracking, text)
  if (run === undefined) throw new RunNotFoundError(text)
  return run
}

/** What `baton runs …` calls. */
export function runCommands(contexts: AppContexts): RunCommands {
  const { tracking } = contexts
  return {
    listRuns: (filter) => listRuns(tracking, filter),
    async showRun(text) {
      const run = await requireRun(contexts, text)
      return { run, steps: await childRuns(tracking, run.id) }
    },
    exportRuns: (filter) => exportRunsCsv(tracking, filter),
    async noteRun(text, note) {
      const run = await requireRun(contexts, text)
      await addNote(tracking, run.id, note)
    },
  }
}
