import type { AppContexts } from './contexts.ts'
import type { CliApp, DatasetSummary } from '../cli/app-interface.ts'
import {
  createDatasetReader,
  type DatasetVersion,
  listDatasets,
  listVersions,
  resolveDataset,
  tagVersion,
} from '../modules/datasets/index.ts'

type DatasetCommands = Pick<CliApp, 'listDatasets' | 'showDataset' | 'tagDataset' | 'headDataset'>

function toSummary(version: DatasetVersion): DatasetSummary {
  return {
    name: version.dataset,
    version: version.version,
    rows: version.rows,
    columns: version.columns.length,
    sizeBytes: version.sizeBytes,
    createdAt: version.committedAt,
    tags: version.tags,
  }
}

/** What `baton data …` calls. */
export function datasetCommands({ datasets, engine, config }: AppContexts): DatasetCommands {
  return {
    listDatasets: async () => listDatasets(datasets).map(toSummary),
    async showDataset(reference) {
      const shown = resolveDataset(datasets, reference)
      return {
        ...toSummary(shown),
        digest: shown.digest,
        schema: shown.columns.map(({ name, sqlType }) => ({ name, type: sqlType })),
        versions: listVersions(datasets, shown.dataset).map((version) => ({
          version: version.version,
          rows: version.rows,
          createdAt: version.committedAt,
          tags: version.tags,
          ...(version.runId === undefined ? {} : { runId: version.runId }),
        })),
        folder: `${config.settings.store}/tables/${shown.dataset}`,
      }
    },
    async tagDataset(reference, tag, { move }) {
      const { dataset, version } = resolveDataset(datasets, reference)
      tagVersion(datasets, `${dataset}@${version}`, { tag, move })
      return { dataset, version }
    },
    async headDataset(reference, rows) {
      const shown = resolveDataset(datasets, reference)
      const scan = await createDatasetReader(datasets).scan(shown)
      await using session = await engine.openSession({ allowedFolders: scan.folders })
      const found = await session.rows<Record<string, string | number | boolean | null>>(
        `SELECT * FROM ${scan.sql} LIMIT ${rows}`,
      )
      return {
        dataset: shown.dataset,
        version: shown.version,
        rows: shown.rows,
        columns: shown.columns.map(({ name, type }) => ({ name, type })),
        head: found.map((row) => shown.columns.map(({ name }) => row[name] ?? null)),
      }
    },
  }
}
