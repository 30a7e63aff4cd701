import { join } from 'node:path'

import type { TableSession } from '../../../ports/table-engine.ts'
import { defaultQuarantineShare } from '../../checks/declare.ts'
import { sqlText } from '../../checks/index.ts'
import { commitPart } from '../commit.ts'
import type { DatasetsContext } from '../context.ts'
import { latestSnapshot } from '../delta/log.ts'
import type { Provenance } from '../delta/log-entry.ts'
import { QuarantineShareError } from '../errors.ts'
import { writePart } from '../parts.ts'
import type { WorkFolder } from '../work-folder.ts'
import type { CheckedRows, QuarantinedRow } from './checked-ingest.ts'

/** The dataset that the rows of another go to when they fail. */
export function quarantineName(dataset: string): string {
  return `${dataset}.quarantine`
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`
const count = (rows: number) => rows.toLocaleString('en-US')

export function describeReasons({ reasons, examples }: NonNullable<CheckedRows['quarantine']>): string {
  const shown = reasons
    .slice(0, 3)
    .map(({ code, rows }) => `${count(rows)} × ${code}${describeExample(code, examples)}`)
  const more = reasons.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more reasons` : ''}`
}

/** The value that a row with this reason has in the column that the reason names, where it names one. */
function describeExample(code: string, examples: readonly QuarantinedRow[]): string {
  const example = examples.find(({ reasons }) => reasons.includes(code))
  const column = example && Object.keys(example.values).find((name) => code.includes(`.${name}:`))
  if (!example || column === undefined) return ''
  const value = example.values[column]
  return ` (row ${example.row} has ${value === null || value === undefined ? 'none' : JSON.stringify(value.slice(0, 60))})`
}

/** Throws when more rows failed than the schema allows. */
export function assertShare(dataset: string, rows: CheckedRows, allowed = defaultQuarantineShare): void {
  if (!rows.quarantine || rows.totalRows === 0) return
  const bad = rows.totalRows - rows.accepted.rows
  const share = bad / rows.totalRows
  if (share <= allowed) return
  const { reasons, examples } = rows.quarantine
  throw new QuarantineShareError(
    dataset,
    `${count(bad)} of ${count(rows.totalRows)} rows (${percent(share)}) break the schema of ${dataset}; ${percent(allowed)} are allowed: ${describeReasons(rows.quarantine)}.`,
    {
      why: `No new version of ${dataset} was made, so that nothing is trained on a part of the rows unnoticed.`,
      where: { row: examples[0]?.row ?? 1 },
      details: { share, allowed, reasons, examples },
    },
  )
}

/** Commits the failed rows as a version of the quarantine dataset; without any, an old quarantine is emptied. */
export async function commitQuarantine(
  ctx: DatasetsContext,
  session: TableSession,
  options: {
    readonly dataset: string
    readonly rows: CheckedRows
    readonly provenance: Provenance
    readonly work: WorkFolder
  },
): Promise<number | undefined> {
  const { rows, provenance, work } = options
  const dataset = quarantineName(options.dataset)
  if (rows.quarantine) {
    const committed = await commitPart(ctx, { dataset, part: rows.quarantine.part, mode: 'overwrite', provenance })
    return committed.snapshot.version
  }
  const before = latestSnapshot(ctx, dataset)
  if (!before || before.rows === 0) return undefined
  const columns = before.columns.map(
    (column) => `CAST(NULL AS ${column.sqlType}) AS "${column.name.replaceAll('"', '""')}"`,
  )
  const file = join(work.path, `part-00002-${work.id}.zstd.parquet`)
  const part = await writePart(session, { sql: `SELECT ${columns.join(', ')} WHERE ${sqlText('')} <> ''`, file })
  await commitPart(ctx, { dataset, part, mode: 'overwrite', provenance })
  return undefined
}
