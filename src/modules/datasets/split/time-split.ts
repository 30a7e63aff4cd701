import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName, sqlText } from '../../checks/index.ts'
import { SplitRefusedError } from '../errors.ts'
import { intervalSql, parseSize, type Size } from './interval.ts'
import type { PartName, SplitOptions } from './rules.ts'

/** For each part, SQL that is true for its rows. */
export type PartFilters = Partial<Readonly<Record<PartName, string>>>

interface Border {
  /** True for rows of the later part and all after it. */
  readonly later: string
  /** The first moment of the later part, as SQL; undefined when it has no rows. */
  readonly first: string | undefined
}

/** Where a part begins: the rows from there to the end of what is left are its own. */
async function borderOf(
  session: TableSession,
  column: string,
  options: { readonly relation: string; readonly left: string; readonly size: Size },
): Promise<Border> {
  const { relation, left, size } = options
  const at = sqlName(column)
  let later: string
  if (size.kind === 'from') later = `${at} >= TIMESTAMP ${sqlText(size.at)}`
  else {
    const cut =
      size.kind === 'share'
        ? `quantile_disc(${at}, ${Number((1 - size.share).toFixed(12))})`
        : `max(${at}) - ${size.sql}`
    const [row] = await session.rows<{ cut: string | null }>(
      `SELECT CAST(CAST(${cut} AS TIMESTAMP) AS VARCHAR) AS cut FROM ${relation} WHERE ${left}`,
    )
    later = row?.cut ? `${at} > TIMESTAMP ${sqlText(row.cut)}` : 'false'
  }
  const [row] = await session.rows<{ first: string | null }>(
    `SELECT CAST(CAST(min(${at}) AS TIMESTAMP) AS VARCHAR) AS first FROM ${relation} WHERE ${left} AND ${later}`,
  )
  return { later, first: row?.first ? `TIMESTAMP ${sqlText(row.first)}` : undefined }
}

/** Earlier rows whose label is known before the later part begins. */
function beforeSql(column: string, border: Border, gap: string | undefined): string {
  const early = `NOT (${border.later})`
  if (gap === undefined || border.first === undefined) return early
  return `${early} AND ${sqlName(column)} + ${intervalSql('gap', gap)} <= ${border.first}`
}

/**
 * Splits by time. A length counts back from the latest row, exclusive at its beginning: of monthly snapshots,
 * '1 month' takes the last. Rows of the same moment are never on two sides.
 */
export async function timeFilters(
  session: TableSession,
  relation: string,
  options: SplitOptions & { readonly by: { readonly kind: 'time' } },
): Promise<PartFilters> {
  const { column } = options.by
  const [nulls] = await session.rows<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${relation} WHERE ${sqlName(column)} IS NULL`,
  )
  if ((nulls?.rows ?? 0) > 0) {
    throw new SplitRefusedError(
      'split_null',
      `${nulls!.rows} rows have no ${column}, so nobody knows when they were.`,
      {
        hint: `Leave them out in SQL (WHERE ${column} IS NOT NULL), or fill the column.`,
        where: { field: column },
      },
    )
  }
  const test = await borderOf(session, column, { relation, left: 'true', size: parseSize('test', options.test) })
  const beforeTest = beforeSql(column, test, options.gap)
  if (options.validation === undefined) return { train: beforeTest, test: test.later }
  const size = parseSize('validation', options.validation)
  const share: Size =
    size.kind === 'share' && typeof options.test === 'number'
      ? { kind: 'share', share: size.share / (1 - options.test) }
      : size
  const validation = await borderOf(session, column, { relation, left: `(${beforeTest})`, size: share })
  return {
    train: `(${beforeTest}) AND ${beforeSql(column, validation, options.gap)}`,
    validation: `(${beforeTest}) AND ${validation.later}`,
    test: test.later,
  }
}
