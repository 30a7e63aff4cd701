import { BatonError } from '../../kernel/errors.ts'
import { digestBytes } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import { importRun as writeRun, runExists } from '../tracking/index.ts'
import type { ExchangeContext } from './context.ts'
import { copyArtifacts, findArtifacts } from './copy-artifacts.ts'
import type { Import } from './import-mlflow.ts'
import { type ItemKey, recall, remember } from './memory.ts'
import type { SourceRun } from './source-store.ts'

/** Brings a run with its artifacts, or what of them has changed since the last time. */
export async function importRun(
  ctx: ExchangeContext,
  running: Import,
  { run, experimentId }: { readonly run: SourceRun; readonly experimentId: string },
): Promise<void> {
  const { leaveOut } = running
  const what = `run ${run.id}`
  if (!/^[\w-]{1,64}$/.test(run.id)) return leaveOut({ what, why: 'its id is none that a run can have' })
  const id = run.id as RunId
  const key: ItemKey = { kind: 'run', source: '', sourceId: run.id }
  const known = await recall(ctx, key)
  if (known === undefined && (await runExists(ctx, id)))
    return leaveOut({ what, why: 'a run with this id is here that was not imported' })
  const artifacts = await findArtifacts(run)
  const { artifactFolders: _, ...facts } = run
  const fingerprint = fingerprintOf(facts, artifacts?.files ?? [])
  if (known?.fingerprint === fingerprint) {
    running.counts.runs.unchanged += 1
    return
  }
  // Claimed first: after a crash in between, the next import knows that the run is its own.
  await remember(ctx, key, { ownId: run.id, fingerprint: '' })
  const path = `${experimentId}/${run.id}/artifacts`
  try {
    if (artifacts !== undefined) {
      const refused = await copyArtifacts(ctx.artifacts, artifacts, { path, signal: running.signal })
      for (const why of refused) leaveOut({ what, why })
      running.artifactFiles += artifacts.files.length + artifacts.special.length - refused.length
    }
    const isElsewhere = artifacts === undefined && run.artifactUri !== '' && !isHere(run.artifactUri)
    if (isElsewhere) leaveOut({ what: `${what}: its artifacts`, why: `they stay at ${run.artifactUri}` })
    const artifactUri = isElsewhere ? run.artifactUri : `mlflow-artifacts:/${path}`
    for (const why of await writeRun(ctx, { ...facts, id, experimentId, artifactUri })) leaveOut({ what, why })
  } catch (error) {
    if (!(error instanceof BatonError) || error.kind !== 'usage') throw error
    return leaveOut({ what, why: error.message })
  }
  await remember(ctx, key, { ownId: run.id, fingerprint })
  running.counts.runs[known === undefined || known.fingerprint === '' ? 'brought' : 'updated'] += 1
}

/** Without a folder of artifacts, a run that logged to this machine has none. */
function isHere(uri: string): boolean {
  return uri.startsWith('file:') || !/^[a-z][a-z0-9+.-]+:/i.test(uri)
}

/** Equal for a copy of the store at another place. */
function fingerprintOf(facts: Omit<SourceRun, 'artifactFolders'>, files: readonly object[]): string {
  const text = JSON.stringify([facts, files], (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
  return digestBytes(`imported-run/1\n${text}`)
}
