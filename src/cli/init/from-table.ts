import { statSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { CliTools, InferredTable } from '../app-interface.ts'
import { readHead } from './csv-records.ts'
import { draftProject, type ProjectDraft } from './draft.ts'
import { EmptyTableError, MissingFileError, UnknownFormatError } from './errors.ts'
import { type CiSystem, ciFiles } from './files/ci-files.ts'
import { dataContractFile, modelContractFile } from './files/contract-files.ts'
import { pipelineFile } from './files/pipeline-file.ts'
import { projectFiles } from './files/project-files.ts'
import { configFile, dataDictionary, readmeFile, testFile } from './files/text-files.ts'
import { toSlug } from './names.ts'
import { type CsvLayout, type LayoutWishes, sniffCsv } from './sniff-csv.ts'

const readable = /\.(csv|csv\.gz|parquet|jsonl|ndjson)$/i
const fewestRows = 20

export interface TableRequest {
  readonly project: string
  /** The table's file, absolute. */
  readonly from: string
  readonly target: string
  readonly wishes: LayoutWishes
}

function refuseUnreadable(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile()) throw new MissingFileError(path)
  if (!readable.test(path)) throw new UnknownFormatError(path)
}

/** A layout as the datasets module takes it. */
function csvOptions(layout: CsvLayout): NonNullable<Parameters<CliTools['inferTable']>[1]> {
  const { assumptions: _, ...options } = layout
  return options
}

/** Reads a table and decides all that its project says; nothing is written. */
export async function draftFromTable(
  openTools: () => Promise<Pick<CliTools, 'inferTable'>>,
  request: TableRequest,
): Promise<ProjectDraft> {
  const { from } = request
  refuseUnreadable(from)
  const isCsv = /\.csv(\.gz)?$/i.test(from)
  const layout: CsvLayout | undefined = isCsv ? sniffCsv(await readHead(from), request.wishes) : undefined
  const tools = await openTools()
  const table: InferredTable = await tools.inferTable(from, layout === undefined ? {} : csvOptions(layout))
  if (table.rows < fewestRows) throw new EmptyTableError(from, table.rows)
  return draftProject(table, {
    project: request.project,
    slug: toSlug(request.project),
    file: basename(from),
    target: request.target,
    ...(layout === undefined ? {} : { layout }),
  })
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
