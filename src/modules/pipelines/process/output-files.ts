import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { digestValue } from '../../../kernel/hash.ts'
import type { Json } from '../../../kernel/json.ts'
import type { ProcessNodeOptions } from '../build/declare-process.ts'
import { OutputNotWrittenError } from '../errors.ts'
import type { OutputRef } from '../graph.ts'
import type { StepContext } from '../step-kind.ts'
import type { ProcessContext } from './process-context.ts'

const largestValueBytes = 1 << 20
const tableFile = /\.(?:parquet|csv|csv\.gz)$/

/** Makes a place for every output: an empty folder, or the name of a JSON file. */
export function makeOutputPlaces(step: StepContext): Record<string, string> {
  const root = join(step.workFolder, 'outputs')
  mkdirSync(root)
  return Object.fromEntries(
    Object.entries(step.node.outputs).map(([name, kind]) => {
      const path = join(root, kind === 'value' ? `${name}.json` : name)
      if (kind !== 'value') mkdirSync(path)
      return [name, path]
    }),
  )
}

/** Stores what the step left in those places. */
export async function storeOutputs(
  ctx: ProcessContext,
  step: StepContext,
  paths: Readonly<Record<string, string>>,
): Promise<Record<string, OutputRef>> {
  const outputs: Record<string, OutputRef> = {}
  for (const [name, kind] of Object.entries(step.node.outputs)) {
    const place: Place = { name, path: paths[name]! }
    if (kind === 'value') outputs[name] = readValue(step, place)
    else if (kind === 'table') outputs[name] = await commitTable(ctx, step, place)
    else outputs[name] = { kind, ...(await storeFolder(ctx, step, place)) }
  }
  return outputs
}

interface Place {
  readonly name: string
  readonly path: string
}

function readValue(step: StepContext, { name, path }: Place): OutputRef {
  const hint = `Write one JSON document to the file that the step gets as its output "${name}".`
  const missing = (found: string): Error => new OutputNotWrittenError(step.node.name, name, found, hint)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw missing('there is no file')
  if (size > largestValueBytes) throw missing(`${size} bytes are too many for a value; declare it as files()`)
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Json
    return { kind: 'value', digest: digestValue('value/1', value), value }
  } catch (error) {
    throw missing(`its file is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

async function commitTable(ctx: ProcessContext, step: StepContext, { name, path }: Place): Promise<OutputRef> {
  const found = listFiles(path)
  const files = found.filter((file) => tableFile.test(file)).toSorted()
  const hint = 'Write Parquet or CSV files to its folder, all of one kind; leave anything else to another output.'
  const missing = (what: string): Error => new OutputNotWrittenError(step.node.name, name, what, hint)
  if (files.length === 0)
    throw missing(found.length === 0 ? 'its folder is empty' : 'its folder has no Parquet or CSV file')
  const stray = found.find((file) => !tableFile.test(file))
  if (stray !== undefined)
    throw missing(`its folder holds ${stray.slice(path.length + 1)}, which is not a part of a table`)
  const { datasets } = step.node.options as unknown as ProcessNodeOptions
  const written = await ctx.writer.commitFiles(datasets[name] ?? step.node.name, files, {
    runId: step.runId,
    step: step.node.name,
  })
  const { dataset, version, digest, rows } = written
  return { kind: 'table', dataset, version, digest, rows }
}

async function storeFolder(
  ctx: ProcessContext,
  step: StepContext,
  { name, path }: Place,
): Promise<{ digest: OutputRef['digest']; sizeBytes: number; files: number }> {
  const kind = step.node.outputs[name]!
  if (kind !== 'files' && (!existsSync(path) || listFiles(path).length === 0)) {
    const hint = `Write the ${kind} into the folder that the step gets as its output "${name}".`
    throw new OutputNotWrittenError(step.node.name, name, 'its folder is empty', hint)
  }
  const { digest, sizeBytes, files } = await ctx.folders.store(path)
  return { digest, sizeBytes, files }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
}
