import { BatonError } from '../../kernel/errors.ts'
import type { RunId } from '../../kernel/ids.ts'
import { getLoggedModel, getRun } from '../tracking/index.ts'
import type { RegistryContext } from './context.ts'
import { InvalidSourceError } from './errors.ts'
import type { ModelReference } from './reference.ts'
import { getVersion } from './resolve.ts'

interface GivenSource {
  readonly source: string
  readonly runId?: string
  readonly loggedModelId?: string
  readonly tags?: Readonly<Record<string, string>>
}

/** Where a version comes from, checked. */
export interface ResolvedSource {
  /** As it was given; a reference to a model by the number that it had then. */
  readonly source: string
  readonly location: string
  readonly runId?: string | undefined
  readonly loggedModelId?: string | undefined
}

/** MLflow keeps prompts as models; these stand where a model has its files (mlflow/prompt). */
const promptSources = ['dummy-source', 'prompt-template']
export const promptTag = 'mlflow.prompt.is_prompt'

/**
 * Finds the files that a source means, and refuses one that the run or logged model it names does not contain: a
 * version must not lend a model's name, or the server's rights, to files of somebody else. Places outside, such as
 * `s3://…`, are fetched by clients with rights of their own and are taken as they are.
 */
export async function resolveSource(ctx: RegistryContext, given: GivenSource): Promise<ResolvedSource> {
  const { source, runId, loggedModelId } = given
  if (given.tags?.[promptTag] === 'true' && promptSources.includes(source))
    return { source, location: source, runId, loggedModelId }
  refuseTraversal(source)
  if (/^models:/i.test(source)) return await resolveModelUri(ctx, given)
  if (/^runs:/i.test(source)) return await resolveRunUri(ctx, given)
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase()
  const isProxied = scheme === 'mlflow-artifacts' || /\/api\/[23]\.0\/mlflow-artifacts\/artifacts\//i.test(source)
  const isLocal = scheme === undefined || scheme === 'file' || scheme.length === 1
  if (!isProxied && !isLocal) return { source, location: source, runId, loggedModelId }
  const roots = [
    runId === undefined ? undefined : await runRoot(ctx, runId),
    loggedModelId === undefined ? undefined : (await optional(getLoggedModel(ctx, loggedModelId)))?.artifactUri,
  ]
  if (roots.some((root) => root !== undefined && isWithin(source, root)))
    return { source, location: source, runId, loggedModelId }
  const named = loggedModelId === undefined ? 'run_id' : 'model_id'
  throw new InvalidSourceError(
    source,
    isLocal
      ? 'To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.'
      : `The ${named} request parameter must identify the resource that contains the source.`,
  )
}

/** `models:/m-…` is a logged model; `models:/name/7` and `models:/name@alias` another version. */
async function resolveModelUri(ctx: RegistryContext, given: GivenSource): Promise<ResolvedSource> {
  const { source, runId, loggedModelId } = given
  const path = /^models:\/+([^/].*)$/i.exec(source)?.[1]
  const logged = path === undefined || path.includes('/') ? undefined : /^m-[\w-]+$/.exec(path)?.[0]
  if (logged !== undefined) {
    if (loggedModelId !== undefined && loggedModelId !== logged)
      throw new InvalidSourceError(source, 'The model_id request parameter names another logged model.')
    const model = await optional(getLoggedModel(ctx, logged))
    if (model === undefined) throw new InvalidSourceError(source, 'There is no such logged model.')
    return { source, location: model.artifactUri, runId: runId ?? model.sourceRunId, loggedModelId: logged }
  }
  const reference = path === undefined ? undefined : toReference(decodeURIComponent(path))
  if (reference === undefined)
    throw new InvalidSourceError(source, 'Write models:/NAME/VERSION, models:/NAME@ALIAS or models:/m-….')
  const version = await getVersion(ctx, reference)
  if (runId !== undefined && runId !== version.runId)
    throw new InvalidSourceError(source, 'The run_id request parameter must match the referenced model version.')
  return {
    source: `models:/${version.model}/${version.version}`,
    location: version.location,
    runId: version.runId,
    loggedModelId: loggedModelId ?? version.loggedModelId,
  }
}

function toReference(path: string): ModelReference | undefined {
  const [, model, selector] = /^([^/]+)\/([^/]+)$/.exec(path) ?? []
  if (model !== undefined && selector !== undefined) {
    if (/^\d{1,9}$/.test(selector)) return { kind: 'version', model, version: Number(selector) }
    return selector.toLowerCase() === 'latest' ? { kind: 'latest', model } : undefined
  }
  const [, name, alias] = /^([^/]+)@([^/@]+)$/.exec(path) ?? []
  return name === undefined || alias === undefined ? undefined : { kind: 'alias', model: name, alias }
}

async function resolveRunUri(ctx: RegistryContext, given: GivenSource): Promise<ResolvedSource> {
  const { source, runId, loggedModelId } = given
  const [, sourceRun, path] = /^runs:\/+([\w-]+)\/(.+)$/i.exec(source) ?? []
  const root = sourceRun === undefined ? undefined : await runRoot(ctx, sourceRun)
  if (root === undefined || path === undefined)
    throw new InvalidSourceError(source, 'Write runs:/RUN/PATH, with a run that is here.')
  if (runId !== undefined && runId !== sourceRun)
    throw new InvalidSourceError(source, 'The run_id request parameter must identify the run of the source.')
  return { source, location: `${root}/${path}`, runId: sourceRun, loggedModelId }
}

/** The address of a run's artifacts; undefined when there is no such run. */
async function runRoot(ctx: RegistryContext, runId: string): Promise<string | undefined> {
  const run = await optional(getRun(ctx, runId as RunId))
  return run && (run.artifactUri ?? `mlflow-artifacts:/${run.experimentId}/${run.id}/artifacts`)
}

/** What is there, or undefined when it is not found. */
async function optional<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof BatonError && error.kind === 'not_found') return undefined
    throw error
  }
}

/** Refuses `..`, NUL and their encodings, however often they were encoded. */
function refuseTraversal(source: string): void {
  const bare = decodeWhole(source)
  if (bare === undefined || bare.includes('\0') || bare.split(/[/\\]/).includes('..'))
    throw new InvalidSourceError(source, 'An absolute path without relative references is needed.')
}

function decodeWhole(text: string): string | undefined {
  try {
    for (let last = text; ; ) {
      const next = decodeURIComponent(last)
      if (next === last) return next
      last = next
    }
  } catch {
    return undefined
  }
}

/** True when the parts of a source's path begin with those of the root, in the same place. */
function isWithin(source: string, root: string): boolean {
  const [from, to] = [partsOf(source), partsOf(root)]
  return to.path.length > 0 && from.place === to.place && to.path.every((part, index) => from.path[index] === part)
}

function partsOf(uri: string): { readonly place: string; readonly path: readonly string[] } {
  const [, scheme = '', host = '', path = ''] = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/]*))?(.*)$/is.exec(uri) ?? []
  const isFile = scheme === '' || scheme.toLowerCase() === 'file'
  return {
    place: isFile ? 'file' : `${scheme}://${host}`.toLowerCase(),
    path: path.split('/').flatMap((part) => (part === '' ? [] : [decodeWhole(part) ?? part])),
  }
}
