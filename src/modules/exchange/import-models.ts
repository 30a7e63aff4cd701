import { BatonError } from '../../kernel/errors.ts'
import { digestValue } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import {
  createModel,
  createVersion,
  deleteVersion,
  describeModel,
  describeVersion,
  getModel,
  getVersion,
  setAlias,
  setModelTag,
  setStage,
  setVersionTag,
} from '../models/index.ts'
import { getRun } from '../tracking/index.ts'
import type { ExchangeContext } from './context.ts'
import { VersionTakenError } from './errors.ts'
import type { Import } from './import-mlflow.ts'
import { type ItemKey, recall, remember } from './memory.ts'
import { type SourceModel, type SourceVersion, withoutEmpty } from './source-store.ts'

const reason = { who: 'baton import mlflow', why: 'brought from MLflow' }

/** Brings the registered models; their versions keep their numbers. */
export async function importModels(ctx: ExchangeContext, running: Import): Promise<void> {
  for (const model of await running.store.models()) {
    const key: ItemKey = { kind: 'model', source: running.store.place, sourceId: model.name }
    await attempt(running, `model ${model.name}`, () => importModel(ctx, running, { model, key }))
  }
}

interface ModelItem {
  readonly model: SourceModel
  readonly key: ItemKey
}

async function importModel(ctx: ExchangeContext, running: Import, { model, key }: ModelItem): Promise<void> {
  const { name } = model
  const { models: count } = running.counts
  const known = await recall(ctx, key)
  if (known === undefined && (await isThere(getModel(ctx, name))))
    return running.leaveOut({ what: `model ${name}`, why: 'a model of this name is here that was not imported' })
  // Claimed first: after a crash in between, the next import knows that the model is its own.
  if (known === undefined) await remember(ctx, key, { ownId: name, fingerprint: '' })
  if (!known?.fingerprint && !(await isThere(getModel(ctx, name)))) await createModel(ctx, { name })

  for (const version of model.versions) {
    await attempt(running, `model ${name}@${version.version}`, () =>
      importVersion(ctx, running, { name, version, key }),
    )
  }
  const { description, tags, aliases } = model
  const fingerprint = digestValue('imported-model/1', { description, tags, aliases })
  if (known?.fingerprint === fingerprint) {
    count.unchanged += 1
    return
  }
  await describeModel(ctx, name, description)
  for (const [tag, value] of Object.entries(tags))
    await attempt(running, `model ${name}: its tag ${tag}`, () => setModelTag(ctx, name, { key: tag, value }))
  for (const [alias, version] of Object.entries(aliases))
    await attempt(running, `model ${name}: its alias ${alias}`, () =>
      setAlias(ctx, { model: name, version }, alias, reason),
    )
  await remember(ctx, key, { ownId: name, fingerprint })
  count[known?.fingerprint ? 'updated' : 'brought'] += 1
}

interface VersionItem {
  readonly name: string
  readonly version: SourceVersion
  readonly key: ItemKey
}

async function importVersion(ctx: ExchangeContext, running: Import, item: VersionItem): Promise<void> {
  const { name, version } = item
  const key: ItemKey = { ...item.key, kind: 'version', sourceId: `${name}/${version.version}` }
  const fingerprint = digestValue('imported-version/1', { ...version })
  const known = await recall(ctx, key)
  if (known?.fingerprint === fingerprint) {
    running.counts.modelVersions.unchanged += 1
    return
  }
  const at = { model: name, version: version.version }
  if (known === undefined) {
    const source = await ownSource(ctx, version)
    const found = await getVersion(ctx, { kind: 'version', ...at }).catch(ifNotFound)
    if (found === undefined) await createNumbered(ctx, { at, version, source })
    else if (found.source !== source) throw new VersionTakenError(name, version.version)
  } else await describeVersion(ctx, at, version.description)
  for (const [tag, value] of Object.entries(version.tags))
    await attempt(running, `model ${name}@${version.version}: its tag ${tag}`, () =>
      setVersionTag(ctx, at, { key: tag, value }),
    )
  await setStage(ctx, at, { stage: version.stage, archiveOthers: false })
  await remember(ctx, key, { ownId: key.sourceId, fingerprint })
  running.counts.modelVersions[known === undefined ? 'brought' : 'updated'] += 1
}

interface NumberedVersion {
  readonly at: { readonly model: string; readonly version: number }
  readonly version: SourceVersion
  readonly source: string
}

/** Creates a version under its own number; the numbers of versions that the source has deleted stay deleted here. */
async function createNumbered(ctx: ExchangeContext, { at, version, source }: NumberedVersion): Promise<void> {
  for (;;) {
    const { runId, runLink, user, description } = version
    const made = await createVersion(ctx, {
      model: at.model,
      source,
      ...withoutEmpty({ runId, runLink, user, description }),
    })
    if (made.version === at.version) return
    await deleteVersion(ctx, { model: at.model, version: made.version }, reason)
    if (made.version > at.version) throw new VersionTakenError(at.model, at.version)
  }
}

/** The files of a version in a run's artifacts lie in our store now; another address stays what it is. */
async function ownSource(ctx: ExchangeContext, { source, runId }: SourceVersion): Promise<string> {
  const [, below] = runId === '' ? [] : (new RegExp(`/${runId}/artifacts(/.*)?$`).exec(source) ?? [])
  const run = runId === '' ? undefined : await getRun(ctx, runId as RunId).catch(ifNotFound)
  const isInRun = run?.artifactUri?.startsWith('mlflow-artifacts:') === true && source.includes(`/${runId}/artifacts`)
  return isInRun ? `${run.artifactUri}${below ?? ''}` : source
}

async function isThere(found: Promise<unknown>): Promise<boolean> {
  return (await found.catch(ifNotFound)) !== undefined
}

function ifNotFound(error: unknown): undefined {
  if (error instanceof BatonError && error.kind === 'not_found') return undefined
  throw error
}

async function attempt(running: Import, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof BatonError) || !['usage', 'conflict', 'not_found'].includes(error.kind)) throw error
    running.leaveOut({ what, why: error.message })
  }
}
