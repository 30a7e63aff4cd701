import { statSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { CsvWishes } from '../../modules/datasets/index.ts'
import type { CliTools } from '../app-interface.ts'
import { draftProject, type ProjectDraft } from './draft.ts'
import { EmptyTableError, MissingFileError, UnknownFormatError } from './errors.ts'
import { type CiSystem, ciFiles } from './files/ci-files.ts'
import { dataContractFile, modelContractFile } from './files/contract-files.ts'
import { pipelineFile } from './files/pipeline-file.ts'
import { projectFiles } from './files/project-files.ts'
import { configFile, dataDictionary, readmeFile, testFile } from './files/text-files.ts'
import { toSlug } from './names.ts'

const readable = /\.(csv|csv\.gz|parquet|jsonl|ndjson)$/i
const fewestRows = 20

export interface TableRequest {
  readonly project: string
  /** The table's file, absolute. */
  readonly from: string
  readonly target: string
  /** What was said of a CSV file; the rest is found out. */
  readonly wishes: CsvWishes
}

function refuseUnreadable(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile()) throw new MissingFileError(path)
  if (!readable.test(path)) throw new UnknownFormatError(path)
}

/** Reads a table and decides all that its project says; nothing is written. */
export async function draftFromTable(
  openTools: () => Promise<Pick<CliTools, 'inferTable'>>,
  request: TableRequest,
): Promise<ProjectDraft> {
  const { from, project, target, wishes } = request
  refuseUnreadable(from)
  const tools = await openTools()
  const table = await tools.inferTable(from, wishes)
  if (table.rows < fewestRows) throw new EmptyTableError(from, table.rows)
  return draftProject(table, { project, slug: toSlug(project), file: basename(from), target })
}

/** Every text file of a drafted project by its path. */
export function draftFiles(
  draft: ProjectDraft,
  options: { readonly version: string; readonly ci: CiSystem },
): Record<string, string> {
  const { slug } = draft
  return {
    ...projectFiles({ name: slug, version: options.version, pipeline: slug }),
    ...ciFiles(options.ci, slug),
    'baton.config.ts': configFile(draft),
    'README.md': readmeFile(draft),
    [join('contracts', `${slug}-data.ts`)]: dataContractFile(draft),
    [join('contracts', `${slug}.ts`)]: modelContractFile(draft),
    [join('pipelines', `${slug}.ts`)]: pipelineFile(draft),
    'references/data-dictionary.md': dataDictionary(draft),
    'tests/contracts.test.ts': testFile(draft),
  }
}
