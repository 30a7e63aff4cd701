import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName, sqlText } from '../../checks/index.ts'
import { SplitRefusedError } from '../errors.ts'
import { shareOf } from './interval.ts'
import type { SplitOptions } from './rules.ts'
import type { PartFilters } from './time-split.ts'

interface Shares {
  readonly test: number
  readonly validation: number
  /** Both together, without the dust of adding floats. */
  readonly both: number
}

function sharesOf(options: SplitOptions): Shares {
  const test = shareOf('test', options.test)
  const validation = options.validation === undefined ? 0 : shareOf('validation', options.validation)
  const both = Number((test + validation).toFixed(12))
  if (both < 1) return { test, validation, both }
  throw new SplitRefusedError('split_size', `test ${test} and validation ${validation} leave nothing to train on.`, {
    kind: 'usage',
    hint: 'Make the shares smaller: 0.2 and 0.2 leave 0.6.',
  })
}

/** A name's place among all, by seed and content only: the same on every machine and for every order of rows. */
function placeSql(seed: number, value: string): string {
  return `md5(concat(${sqlText(`${seed}|`)}, CAST(${value} AS VARCHAR)))`
}

async function refuseNulls(session: TableSession, relation: string, column: string): Promise<void> {
  const [nulls] = await session.rows<{ rows: number }>(
    `SELECT count(*) AS rows FROM ${relation} WHERE ${sqlName(column)} IS NULL`,
  )
  if ((nulls?.rows ?? 0) === 0) return
  throw new SplitRefusedError('split_null', `${nulls!.rows} rows have no ${column}, so they belong to no side.`, {
    hint: `Leave them out in SQL (WHERE ${column} IS NOT NULL), or fill the column.`,
    where: { field: column },
  })
}

function filtersOf(part: (name: string) => string, shares: Shares): PartFilters {
  return shares.validation === 0
    ? { train: part('train'), test: part('test') }
    : { train: part('train'), validation: part('validation'), test: part('test') }
}

/** Splits whole groups: groups in the order of their hash fill test, then validation, until each has its share of rows. */
export async function groupFilters(
  session: TableSession,
  relation: string,
  options: SplitOptions & { readonly by: { readonly kind: 'group' } },
): Promise<PartFilters> {
  const { by } = options
  const shares = sharesOf(options)
  await refuseNulls(session, relation, by.column)
  const column = sqlName(by.column)
  await session.run(`CREATE TABLE group_parts AS
    SELECT g, CASE WHEN before < ${shares.test} * total THEN 'test'
                   WHEN before < ${shares.both} * total THEN 'validation' ELSE 'train' END AS part
    FROM (SELECT g, sum(n) OVER (ORDER BY h, g) - n AS before, sum(n) OVER () AS total
          FROM (SELECT ${column} AS g, count(*) AS n, ${placeSql(by.seed, column)} AS h FROM ${relation} GROUP BY ALL))`)
  return filtersOf((name) => `${column} IN (SELECT g FROM group_parts WHERE part = '${name}')`, shares)
}

/** Splits row by row, with the same shares within each value of the column if there is one; equal rows stay together. */
export async function rowFilters(
  session: TableSession,
  relation: string,
  options: SplitOptions & { readonly by: { readonly kind: 'stratified' | 'random' } },
): Promise<PartFilters> {
  const { by } = options
  const shares = sharesOf(options)
  if (by.kind === 'stratified') await refuseNulls(session, relation, by.column)
  const stratum = by.kind === 'stratified' ? `split_row.${sqlName(by.column)}` : `'all'`
  const hash = placeSql(by.seed, 'split_row')
  await session.run(`CREATE TABLE stratum_borders AS
    SELECT s, coalesce(max(h) FILTER (place < ${shares.test}), '') AS test_until,
      coalesce(max(h) FILTER (place < ${shares.both}), '') AS validation_until
    FROM (SELECT s, h, (rank() OVER (PARTITION BY s ORDER BY h) - 1) / count(*) OVER (PARTITION BY s) AS place
          FROM (SELECT ${stratum} AS s, ${hash} AS h FROM ${relation} AS split_row))
    GROUP BY s`)
  const border = (name: string) => `(SELECT any_value(${name}) FROM stratum_borders WHERE s = ${stratum})`
  const parts: Record<string, string> = {
    test: `${hash} <= ${border('test_until')}`,
    validation: `${hash} > ${border('test_until')} AND ${hash} <= ${border('validation_until')}`,
    train: `${hash} > ${border('validation_until')}`,
  }
  return filtersOf((name) => parts[name]!, shares)
}
