import { existsSync, readdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { nearest } from '../../kernel/nearest.ts'
import { defineAction } from '../command.ts'
import { InvalidOptionError, WrongArgumentsError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { featureColumns, type ProjectDraft } from '../init/draft.ts'
import { BadProjectNameError, UnknownTemplateError } from '../init/errors.ts'
import { type FirstRun, runFirst } from '../init/first-run.ts'
import { ciFiles, type CiSystem } from '../init/files/ci-files.ts'
import { projectFiles } from '../init/files/project-files.ts'
import { draftFiles, draftFromTable } from '../init/from-table.ts'
import { toSlug } from '../init/names.ts'
import {
  copyTemplate,
  createFolder,
  type DataPlacement,
  placeData,
  refuseTaken,
  writeFiles,
  writeMissingFiles,
} from '../init/write-project.ts'
import { argument, type CommandInput, countOption, flagOption, textOption } from '../input.ts'
import { packageFolder, packageVersion } from '../package-info.ts'
import { formatInitResult, initResultToJson } from '../print/init-result.ts'
import type { Shell } from '../shell.ts'

/** What was made, and how its first run went. */
export type Made =
  | { readonly from: 'template'; readonly folder: string; readonly here: string; readonly template: string }
  | {
      readonly from: 'table'
      readonly folder: string
      /** The folder as one types it from here. */
      readonly here: string
      readonly pipeline: string
      readonly rows: number
      readonly task: string
      readonly target: string
      readonly targetBecause: string
      readonly split: string
      readonly splitBecause: string
      readonly features: readonly string[]
      readonly excluded: readonly { readonly column: string; readonly because: string }[]
      readonly assumptions: readonly string[]
      readonly data: DataPlacement
      readonly first: FirstRun
    }

const usage = 'baton init'

function projectFolder(shell: Shell, input: CommandInput): string {
  const name = argument(input, 0)
  const folder = resolve(shell.cwd, name)
  if (folder === shell.cwd || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(basename(folder)))
    throw new BadProjectNameError(name)
  return folder
}

function fromTemplate(shell: Shell, folder: string, input: CommandInput, name: string): Made {
  const examples = fileURLToPath(new URL('examples/', packageFolder))
  const templates = existsSync(examples)
    ? readdirSync(examples).filter((entry) => existsSync(join(examples, entry, 'baton.config.ts')))
    : []
  if (!templates.includes(name)) throw new UnknownTemplateError(name, { templates, near: nearest(name, templates) })
  const ci = ciSystem(input)
  const project = { name: toSlug(basename(folder)), version: packageVersion(), pipeline: name }
  createFolder(folder, (temporary) => {
    copyTemplate(join(examples, name), temporary)
    writeMissingFiles(temporary, { ...projectFiles(project), ...ciFiles(ci, name) })
  })
  return { from: 'template', folder, here: relative(shell.cwd, folder), template: name }
}

function ciSystem(input: CommandInput): CiSystem {
  const wanted = textOption(input, 'ci') ?? 'gitlab'
  if (wanted !== 'gitlab' && wanted !== 'github') throw new InvalidOptionError('--ci', wanted, 'gitlab or github')
  return wanted
}

async function fromTable(shell: Shell, folder: string, input: CommandInput): Promise<Made> {
  const file = textOption(input, 'from')
  const target = textOption(input, 'target')
  if (file === undefined) {
    throw new WrongArgumentsError('"baton init" needs --from FILE with --target COLUMN, or --template NAME.', usage)
  }
  if (target === undefined)
    throw new WrongArgumentsError('"baton init --from" needs --target: the column to predict.', usage)
  const ci = ciSystem(input)
  const header = input.options['header']
  const skip = countOption(input, 'skip', 0)
  const from = resolve(shell.cwd, file)
  const draft = await draftFromTable(() => shell.tools(), {
    project: basename(folder),
    from,
    target,
    wishes: { ...(typeof header === 'boolean' ? { header } : {}), ...(skip === undefined ? {} : { skip }) },
  })
  const data = createFolder(folder, (temporary) => {
    writeFiles(temporary, draftFiles(draft, { version: packageVersion(), ci }))
    return placeData(from, join(temporary, 'data', 'raw', draft.file))
  })
  const first = flagOption(input, 'run') ? await runFirst(shell, folder, draft) : { state: 'left out' as const }
  return { from: 'table', folder, here: relative(shell.cwd, folder), data, first, ...told(draft) }
}

function told(draft: ProjectDraft) {
  const { target, split } = draft
  return {
    pipeline: draft.slug,
    rows: draft.rows,
    task: target.task,
    target: target.column.name,
    targetBecause: target.because,
    split: split.by,
    splitBecause: split.because,
    features: featureColumns(draft).map((column) => column.name),
    excluded: draft.columns.flatMap(({ name, role }) =>
      role.role === 'excluded' ? [{ column: name, because: role.because }] : [],
    ),
    assumptions: draft.assumptions,
  }
}

export const initAction = defineAction<Made>({
  async run(shell, input) {
    const folder = projectFolder(shell, input)
    refuseTaken(folder)
    const template = textOption(input, 'template')
    return template === undefined ? fromTable(shell, folder, input) : fromTemplate(shell, folder, input, template)
  },
  text: formatInitResult,
  json: initResultToJson,
  exitCode: (made) => (made.from === 'table' && 'error' in made.first ? exitCodes[made.first.error.kind] : 0),
})
