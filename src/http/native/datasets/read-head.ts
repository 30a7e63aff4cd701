import { createDatasetReader, type DatasetsContext, type DatasetVersion } from '../../../modules/datasets/index.ts'
import type { TableHead } from '../contract/artifact.ts'
import { toTableCell } from '../artifacts/table-cell.ts'

/** The first rows of a dataset version, in a session that can read nothing else. */
export async function readHead(ctx: DatasetsContext, version: DatasetVersion, rows: number): Promise<TableHead> {
  const scan = await createDatasetReader(ctx).scan(version)
  await using session = await ctx.engine.openSession({ allowedFolders: scan.folders })
  const found = await session.rows(`SELECT * FROM ${scan.sql} LIMIT ${Math.trunc(rows)}`)
  return {
    columns: version.columns.map(({ name, type }) => ({ name, type })),
    head: found.map((row) => version.columns.map(({ name }) => toTableCell(row[name]))),
    rows: version.rows,
  }
}
