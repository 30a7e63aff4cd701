import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { PipelineDefinition } from '../define/pipeline.ts'
import { BatonError } from '../kernel/errors.ts'
import { nearest } from '../kernel/nearest.ts'

const folder = 'pipelines'

/** A pipeline that the project does not have. */
export class PipelineNotFoundError extends BatonError {
  constructor(name: string, known: readonly string[]) {
    const close = nearest(name, known)
    super({
      code: 'pipelines.not_found',
      kind: 'not_found',
      message: `There is no ${folder}/${name}.ts.`,
      hint: close
        ? `Did you mean "${close}"?`
        : known.length > 0
          ? `The pipelines are ${known.join(', ')}.`
          : `Write ${folder}/${name}.ts, or begin with "baton init".`,
      details: { pipeline: name, known },
    })
  }
}

/** A pipeline file that cannot be loaded, or exports no pipeline. */
export class PipelineFileError extends BatonError {
  constructor(file: string, problem: string, cause?: unknown) {
    super({
      code: 'pipelines.unreadable',
      kind: 'usage',
      message: `${file} ${problem}`,
      hint: 'Mend the file; it must end in "export default pipeline(\'name\', { … })".',
      where: { file, ...placeOf(cause, file) },
      cause,
    })
  }
}

/** The line and column of the file in an error's stack, where it has them. */
function placeOf(cause: unknown, file: string): { line: number; column: number } | undefined {
  const stack = cause instanceof Error ? (cause.stack ?? '') : ''
  const found = new RegExp(`${file.replaceAll(/[.\\/]/g, '.')}:(\\d+)(?::(\\d+))?`).exec(stack)
  return found ? { line: Number(found[1]), column: Number(found[2] ?? '1') } : undefined
}

/** The names of the project's pipelines. */
export function listPipelineNames(root: string): readonly string[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => /^[^.].*(?<!\.test|\.d)\.ts$/.test(name))
    .map((name) => name.slice(0, -'.ts'.length))
    .toSorted()
}

/** Loads one pipeline by the name of its file. */
export async function loadPipeline(
  root: string,
  name: string,
): Promise<{ readonly definition: PipelineDefinition; readonly file: string }> {
  const known = listPipelineNames(root)
  if (!known.includes(name)) throw new PipelineNotFoundError(name, known)
  const file = `${folder}/${name}.ts`
  let module: { default?: Partial<PipelineDefinition> }
  try {
    module = (await import(pathToFileURL(join(root, file)).href)) as typeof module
  } catch (error) {
    if (error instanceof BatonError) throw error
    throw new PipelineFileError(
      file,
      `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
  const definition = module.default
  if (definition?.kind !== 'pipeline') throw new PipelineFileError(file, 'has no pipeline as its default export.')
  return { definition: definition as PipelineDefinition, file }
}

/** The one pipeline of the project, built with its defaults, that has such a step. */
export async function findStepPipeline(root: string, step: string): Promise<string> {
  const found: string[] = []
  const steps = new Set<string>()
  for (const name of listPipelineNames(root)) {
    const { definition, file } = await loadPipeline(root, name)
    const graph = definition.build({ file, params: {} })
    for (const node of graph.steps) steps.add(node.name)
    if (graph.steps.some((node) => node.name === step)) found.push(name)
  }
  if (found.length === 1) return found[0]!
  throw new StepPlaceError(step, found, nearest(step, steps))
}

/** A step name that no pipeline has, or several. */
export class StepPlaceError extends BatonError {
  constructor(step: string, found: readonly string[], close: string | undefined) {
    super(
      found.length === 0
        ? {
            code: 'pipelines.step_not_found',
            kind: 'not_found',
            message: `No pipeline of this project has a step "${step}".`,
            hint: close ? `Did you mean "${close}"?` : 'See the steps of a pipeline with "baton run NAME --dry-run".',
          }
        : {
            code: 'pipelines.step_ambiguous',
            kind: 'conflict',
            message: `Step "${step}" is in the pipelines ${found.join(' and ')}.`,
            hint: `Say which: baton explain ${step} --pipeline ${found[0]}.`,
          },
    )
  }
}
