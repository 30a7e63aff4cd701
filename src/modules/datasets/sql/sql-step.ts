import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { digestBytes } from '../../../kernel/hash.ts'
import { digestValue } from '../../../kernel/hash.ts'
import type { Json } from '../../../kernel/json.ts'
import type { TableScan } from '../../../ports/dataset-reader.ts'
import type { EngineFailure, TableSession } from '../../../ports/table-engine.ts'
import { sqlName } from '../../checks/index.ts'
import type { KeyPart, PlanContext, StepContext, StepKind, StepResult } from '../../pipelines/index.ts'
import { commitPart } from '../commit.ts'
import type { DatasetsContext } from '../context.ts'
import { SqlRefusedError } from '../errors.ts'
import { valuePart } from '../key-part.ts'
import { toOutput } from '../output.ts'
import { writePart } from '../parts.ts'
import { scanInput } from '../scan-input.ts'
import { withWorkFolder } from '../work-folder.ts'
import { analyseSql, type SqlShape } from './analyse.ts'
import { offsetAt, placeAt } from './place.ts'
import { orderLosing } from './plan-order.ts'
import { type SubstitutedSql, substituteParams } from './substitute.ts'

/** What an SQL step was asked to do: the `options` of its node. */
export interface SqlOptions {
  readonly dataset: string
  /** A file of the project, or the text itself; exactly one of the two. */
  readonly file?: string
  readonly sql?: string
  readonly fits?: boolean
  readonly resamples?: boolean
}

interface UserSql {
  readonly file: string
  readonly written: string
  readonly substituted: SubstitutedSql
}

function readText(options: SqlOptions, projectRoot: string): string {
  if (options.sql !== undefined) return options.sql
  const path = join(projectRoot, options.file ?? '')
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new SqlRefusedError('sql_file_missing', `There is no SQL file ${options.file}.`, {
      hint: 'Correct `file` of the sql step; it is relative to the project.',
      where: { file: path },
    })
  }
}

function readSql(step: Pick<PlanContext, 'graph' | 'projectRoot'>, name: string, options: SqlOptions): UserSql {
  const file = options.file ?? `${step.graph.file} (step ${name})`
  const written = readText(options, step.projectRoot)
  return { file, written, substituted: substituteParams(written.replace(/;\s*$/, ''), step.graph.params, file) }
}

/** The place in the user's own text, and the line itself with a mark under the column. */
function showPlace(sql: UserSql, offset: number) {
  const place = placeAt(sql.written, sql.substituted.toOriginal(offset))
  const line = sql.written.split('\n')[place.line - 1] ?? ''
  return { where: { file: sql.file, ...place }, shown: `${line.trimEnd()}\n${' '.repeat(place.column - 1)}^` }
}

/** An error of the engine, said at the place in the user's file. */
function toSqlError(error: unknown, sql: UserSql): unknown {
  const failure = error as Partial<EngineFailure> | null
  if (failure?.engineMessage === undefined || failure.where?.line === undefined) return error
  const { line, column = 1 } = failure.where
  const { where, shown } = showPlace(sql, offsetAt(sql.substituted.text, line, column))
  return new SqlRefusedError('sql_failed', `${failure.message}\n${shown}`, {
    hint: failure.hint ?? 'Correct the SQL at the place that is named.',
    where,
    cause: error,
  })
}

async function shapeOf(session: TableSession, sql: UserSql): Promise<SqlShape> {
  const analysis = await analyseSql(session, sql.substituted.text)
  const where = { file: sql.file }
  switch (analysis.kind) {
    case 'query':
      return analysis.shape
    case 'syntax_error':
      await session.describe(sql.substituted.text).catch((error: unknown) => {
        throw toSqlError(error, sql)
      })
      throw new SqlRefusedError('sql_failed', 'The SQL cannot be parsed.', { hint: 'Correct the SQL.', where })
    case 'several':
      throw new SqlRefusedError('sql_several_statements', 'The SQL has more than one statement.', {
        hint: 'One step makes one dataset: use one SELECT (with WITH … AS for the parts), or a step for each.',
        where,
      })
    case 'not_a_query':
      throw new SqlRefusedError('sql_not_a_query', 'The SQL is not a query.', {
        hint: 'Write one SELECT; the step itself makes the table from its result.',
        why: 'A step may only read its inputs, so that its result is a function of them.',
        where,
      })
  }
}

/** Refuses what would give another table tomorrow. */
function refuseVolatile(shape: SqlShape, sql: UserSql): void {
  const [first] = shape.volatile
  if (first) {
    const { where } = showPlace(sql, first.offset ?? 0)
    throw new SqlRefusedError('sql_volatile', `${first.name} gives another value each time the step runs.`, {
      hint: 'Pass the value as a param of the pipeline: $snapshotDate instead of current_date, a hash of the key and $seed instead of random().',
      why: 'The step could not be cached or reproduced: the same inputs would give another table.',
      where,
    })
  }
  if (!shape.sampled) return
  throw new SqlRefusedError('sql_volatile', 'A sample takes other rows each time the step runs.', {
    hint: 'Take rows by a hash of their key: WHERE hash(customer_id) % 100 < 10.',
    where: { file: sql.file },
  })
}

async function createViews(session: TableSession, scans: Readonly<Record<string, TableScan>>): Promise<void> {
  for (const [name, scan] of Object.entries(scans)) {
    await session.run(`CREATE VIEW ${sqlName(name)} AS SELECT * FROM ${scan.sql}`)
  }
}

/**
 * The statement whose result is the same, row for row, each time. Rows that come out of a hash table or a join are
 * sorted by all columns, unless the user orders them; what depends on the order of arrival runs on one thread.
 */
async function repeatable(session: TableSession, sql: UserSql, shape: SqlShape) {
  const { text } = sql.substituted
  const losing = orderLosing(await session.explain(text))
  if (shape.limitWithoutOrder && losing.length > 0) {
    throw new SqlRefusedError('sql_limit_without_order', 'A LIMIT without ORDER BY takes any rows, others each time.', {
      hint: 'Add an ORDER BY to the query that has the LIMIT.',
      where: { file: sql.file },
    })
  }
  const sort = losing.length > 0 && !shape.ordered
  return {
    sql: sort ? `SELECT * FROM (\n${text}\n) ORDER BY ALL` : text,
    singleThread: shape.orderSensitive || (losing.length > 0 && shape.ordered),
  }
}

async function run(ctx: DatasetsContext, step: StepContext): Promise<StepResult> {
  const options = step.node.options as unknown as SqlOptions
  const sql = readSql(step, step.node.name, options)
  return withWorkFolder(ctx, async (work) => {
    const scans: Record<string, TableScan> = {}
    for (const name of Object.keys(step.node.inputs)) scans[name] = await scanInput(ctx, step, name)
    const allowedFolders = [resolve(work.path), ...Object.values(scans).flatMap((scan) => scan.folders)]
    const open = (threads?: number) =>
      ctx.engine.openSession({
        memoryLimitMb: ctx.memoryLimitMb,
        allowedFolders,
        ...(threads === undefined ? {} : { threads }),
      })
    await using session = await open()
    await createViews(session, scans)
    const shape = await shapeOf(session, sql)
    refuseVolatile(shape, sql)
    try {
      await session.describe(sql.substituted.text)
      const statement = await repeatable(session, sql, shape)
      const file = join(work.path, `part-00000-${work.id}.zstd.parquet`)
      const write = (writer: TableSession) => writePart(writer, { sql: statement.sql, file, signal: step.signal })
      const part = statement.singleThread ? await writeOnOneThread(open, scans, write) : await write(session)
      const provenance = { runId: step.runId, step: step.node.name, source: options.file ?? 'sql' }
      const { snapshot, created } = await commitPart(ctx, {
        dataset: options.dataset,
        part,
        mode: 'overwrite',
        provenance,
      })
      return {
        outputs: { table: toOutput(snapshot) },
        metrics: { rows: snapshot.rows },
        tags: { unchanged: String(!created) },
        summary: `${snapshot.rows.toLocaleString('en-US')} rows × ${snapshot.columns.length} columns`,
      }
    } catch (error) {
      throw toSqlError(error, sql)
    }
  })
}

async function writeOnOneThread<T>(
  open: (threads: number) => Promise<TableSession>,
  scans: Readonly<Record<string, TableScan>>,
  write: (session: TableSession) => Promise<T>,
): Promise<T> {
  await using session = await open(1)
  await createViews(session, scans)
  return await write(session)
}

async function keyParts(
  ctx: DatasetsContext,
  node: StepContext['node'],
  plan: PlanContext,
): Promise<readonly KeyPart[]> {
  const options = node.options as unknown as SqlOptions
  const { written, substituted } = readSql(plan, node.name, options)
  const engine = `${ctx.engine.name} ${await ctx.engine.version()}`
  return [
    { name: options.file === undefined ? 'sql' : `code ${options.file}`, digest: digestBytes(written) },
    ...Object.entries(substituted.used).map(([name, value]: [string, Json]) => ({
      name: `param ${name}`,
      digest: digestValue('param/1', value),
      detail: JSON.stringify(value),
    })),
    valuePart('engine', engine, engine),
  ]
}

/** Makes a dataset from others by one SQL query that may read its inputs only. */
export function createSqlStep(ctx: DatasetsContext): StepKind {
  return { kind: 'sql', version: 1, keyParts: (node, plan) => keyParts(ctx, node, plan), run: (step) => run(ctx, step) }
}
