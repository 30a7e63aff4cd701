import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { PipelineDefinition } from '../define/pipeline.ts'
import { BatonError } from '../kernel/errors.ts'
import type { Json } from '../kernel/json.ts'
import { nearest } from '../kernel/nearest.ts'
import type { Graph } from '../modules/pipelines/index.ts'
import { userPlace, withUserPlace } from './user-place.ts'

const folder = 'pipelines'

/** A pipeline that the project does not have. */
export class PipelineNotFoundError extends BatonError {
  constructor(name: string, known: readonly string[]) {
    const close = nearest(name, known)
    super({
      code: 'pipelines.not_found',
      kind: 'not_found',
      message: `There is no pipeline "${name}": ${folder}/${name}.ts is not there.`,
      hint: close
        ? `Did you mean "${close}"? The pipelines are ${known.join(', ')}.`
        : known.length > 0
          ? `The pipelines are ${known.join(', ')}.`
          : `Write ${folder}/${name}.ts, or begin with "baton init".`,
      details: { pipeline: name, known },
    })
  }
}

/** A pipeline file that cannot be loaded, stops while it is read, or exports no pipeline. */
export class PipelineFileError extends BatonError {
  constructor(file: string, problem: string, options: { readonly hint: string; root?: string; cause?: unknown }) {
    const { root, cause } = options
    super({
      code: 'pipelines.unreadable',
      kind: 'usage',
      message: `${file} ${problem}`,
      hint: options.hint,
      where: (root === undefined ? undefined : userPlace(cause, root)) ?? { file },
      cause,
    })
  }
}

/** What to do about an error of Node's, by its code and its words. */
function mendHint(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return /Cannot find package/.test(message)
      ? 'Install the package in the project with npm install, or correct its name.'
      : 'Correct the path of the import: it is relative to the file that imports, and ends in .ts.'
  }
  if (/does not provide an export named/.test(message)) return 'Correct the name in the import.'
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Node runs the file by leaving its types out: write it without enum, namespace and parameter properties.'
  }
  return 'Mend it at that place, and run the command again.'
}

/** An error out of the user's code as one that says so and where; one of our own stays, with the line that led to it. */
function toUserError(
  error: unknown,
  at: { readonly file: string; readonly root: string; readonly doing: string },
): unknown {
  const { file, root, doing } = at
  if (error instanceof BatonError) return withUserPlace(error, root)
  const message = error instanceof Error ? error.message : String(error)
  const name =
    error instanceof Error && !(error instanceof SyntaxError) && error.name !== 'Error' ? `${error.name}: ` : ''
  return new PipelineFileError(file, `${doing}: ${name}${message}`, { hint: mendHint(error), root, cause: error })
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
    throw toUserError(error, { file, root, doing: 'cannot be loaded' })
  }
  const definition = module.default
  if (definition?.kind !== 'pipeline') {
    const hint = `End it with "export default pipeline('${name}', { … })".`
    throw new PipelineFileError(file, 'has no pipeline as its default export.', { hint })
  }
  return { definition: definition as PipelineDefinition, file }
}

/** Loads a pipeline and builds its graph with these params. */
export async function loadGraph(root: string, name: string, params: Readonly<Record<string, Json>>): Promise<Graph> {
  const { definition, file } = await loadPipeline(root, name)
  try {
    return definition.build({ file, params })
  } catch (error) {
    // Without a line of the user's in its stack it is a fault of ours.
    if (!(error instanceof BatonError) && userPlace(error, root) === undefined) throw error
    throw toUserError(error, { file, root, doing: 'stops while its steps are read' })
  }
}

/** The one pipeline of the project, built with its defaults, that has such a step. */
export async function findStepPipeline(root: string, step: string): Promise<string> {
  const found: string[] = []
  const steps = new Set<string>()
  for (const name of listPipelineNames(root)) {
    const graph = await loadGraph(root, name, {})
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
