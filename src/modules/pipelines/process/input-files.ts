import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { OutputRef } from '../graph.ts'
import type { StepContext } from '../step-kind.ts'
import type { ProcessContext } from './process-context.ts'

/** Lays every input out as files in the step's work folder and gives their paths. */
export async function writeInputFiles(ctx: ProcessContext, step: StepContext): Promise<Record<string, string>> {
  const root = join(step.workFolder, 'inputs')
  mkdirSync(root)
  const paths: Record<string, string> = {}
  for (const [name, input] of Object.entries(step.inputs)) {
    paths[name] = join(root, input.kind === 'value' ? `${name}.json` : name)
    await writeInput(ctx, input, paths[name])
  }
  return paths
}

async function writeInput(ctx: ProcessContext, input: OutputRef, path: string): Promise<void> {
  switch (input.kind) {
    case 'value':
      writeFileSync(path, JSON.stringify(input.value), { mode: 0o444 })
      return
    case 'table': {
      const { files } = await ctx.reader.scan(input)
      mkdirSync(path)
      for (const [index, file] of files.entries()) {
        symlinkSync(file, join(path, `part-${String(index).padStart(5, '0')}.parquet`))
      }
      return
    }
    case 'model':
    case 'report':
    case 'files':
      await ctx.folders.restore(input.digest, path)
      makeReadOnly(path)
  }
}

/** Files lose their write permission, so that a step cannot change its input by mistake; folders can still be removed. */
function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o444)
  }
}
