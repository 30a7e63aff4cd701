import { mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

import type { AppContexts } from './contexts.ts'
import type { CliApp } from '../cli/app-interface.ts'
import { blobPath } from '../drivers/blob/local/index.ts'
import { isDigest } from '../kernel/hash.ts'
import { cleanLeftovers, hasVersion, verifyTables } from '../modules/datasets/index.ts'
import { verifyModels } from '../modules/models/index.ts'
import { type RunDatum, shortRunId, verifyBlobs, verifyRuns } from '../modules/tracking/index.ts'
import { findTemporaryLeftovers } from './temporary-leftovers.ts'

const remake =
  'Restore it from a backup; or delete it, if it is there, and run the pipeline again: from the same source it is made anew.'
const restoreLog = (dataset: string): string =>
  `Restore it from a backup; or delete the folder .baton/tables/${dataset} and run the pipeline again: the dataset begins anew, without its older versions.`
const again =
  'Restore it from a backup, or run the pipeline again: a model comes out the same, a report is a new one with the time of then.'

/** Reads everything in the store and compares it with its digests; `--clean` also removes what dead writers left. */
export function verifyCommand(contexts: AppContexts): Pick<CliApp, 'verify'> {
  const { config, datasets, blobs, models, tracking, folders } = contexts
  const place = (path: string): string => relative(config.root, path) || path
  return {
    async verify({ clean, signal }) {
      mkdirSync(models.temporaryFolder, { recursive: true })
      const tables = await verifyTables(datasets, signal)
      const stored = await verifyBlobs(blobs, { signal, removeLeftovers: clean })
      const registry = await verifyModels(models)
      // A table that cannot be read is told once, not again for every run that has used it.
      const unreadable = new Set(tables.torn.map(({ dataset }) => dataset))
      const hasTable = async ({ dataset, version, digest }: RunDatum): Promise<boolean> =>
        dataset !== undefined &&
        version !== undefined &&
        isDigest(digest) &&
        (unreadable.has(dataset) || hasVersion(datasets, { dataset, version, digest }))
      const runs = await verifyRuns({ ...tracking, blobs, folders, hasTable }, signal)
      const temporary = findTemporaryLeftovers(models.temporaryFolder, tracking.clock.now().getTime())
      if (clean) for (const path of temporary) rmSync(path, { recursive: true, force: true })
      const removed = clean ? cleanLeftovers(datasets, tables.leftovers).removed.map(({ path }) => path) : []
      return {
        checked: {
          'table parts': tables.checked,
          blobs: stored.checked,
          'model versions': registry.versions,
          runs: runs.checked,
        },
        problems: [
          ...tables.torn.map(({ dataset, path, problem }) => ({
            what: problem,
            where: place(path),
            hint: path.endsWith('.parquet') ? remake : restoreLog(dataset),
          })),
          ...stored.damaged.map((digest) => ({
            what: `Blob ${digest} has other bytes than its digest.`,
            where: place(blobPath(join(config.storeFolder, 'blobs'), digest)),
            hint: remake,
          })),
          ...registry.problems.map(({ model, version, what }) => ({
            what: `${model}${version === undefined ? '' : `@${version}`} ${what}`,
            where: 'the registry',
            hint: again,
          })),
          ...runs.problems.map(({ runId, what, hint }) => ({ what, where: `run ${shortRunId(runId)}`, hint })),
        ],
        leftovers: clean
          ? []
          : [...tables.leftovers.map(({ path }) => path), ...stored.leftovers, ...temporary].map(place),
        cleaned: clean ? [...removed, ...stored.leftovers, ...temporary].map(place) : [],
      }
    },
  }
}
