import { join } from 'node:path'

import { throwIfAborted } from '../../kernel/errors.ts'
import type { LoadedModel } from '../../ports/model-runtime.ts'
import type { TableSession } from '../../ports/table-engine.ts'
import { type CompiledSchema, rawName, reasonsSql, sqlName, sqlText } from '../checks/index.ts'
import { checkInput, type ModelContract } from '../contracts/index.ts'
import type { InputRelation } from './context.ts'
import { copyOptions, type OutputFormat } from './output-format.ts'
import {
  chooseColumns,
  decisionColumn,
  rejectedReasonsColumn,
  rejectedRowColumn,
  scoreColumn,
  sqlNames,
  versionColumn,
} from './score-columns.ts'

export interface ScoreRequest {
  readonly input: InputRelation
  readonly contract: ModelContract
  readonly model: LoadedModel
  /** Written beside each score: `churn@7`. */
  readonly modelVersion: string
  readonly columns?: readonly string[] | undefined
  readonly threshold?: number | undefined
  readonly format: OutputFormat
  /** An empty folder for work files and the parts of the result. */
  readonly workFolder: string
  /** Rows scored at a time; memory grows with it and with nothing else. */
  readonly chunkRows?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number) => void
}

export interface ScoredParts {
  readonly rows: number
  readonly scored: number
  readonly rejected: number
  /** How many rows each reason code was given to; a row may have several. */
  readonly reasons: Readonly<Record<string, number>>
  /** Files in the order of the input. */
  readonly parts: readonly string[]
  readonly rejectedParts: readonly string[]
}

const defaultChunkRows = 400_000
const appendRows = 16_384
const rowColumn = '__baton_row'
const reasonsColumn = '__baton_reasons'

const runOptions = (request: ScoreRequest) => (request.signal === undefined ? {} : { signal: request.signal })

/** Writes the input with the reasons of each row to a work file, in order, as the one pass over the source. */
async function stage(session: TableSession, request: ScoreRequest, schema: CompiledSchema): Promise<string> {
  const file = join(request.workFolder, 'staged.parquet')
  const raws = request.input.columns.map((column) => `${sqlName(rawName(column.name))} AS ${sqlName(column.name)}`)
  const checked = `SELECT ${raws.join(', ')}, ${reasonsSql(schema.checks)} AS ${sqlName(reasonsColumn)}
    FROM (${schema.typedSelect} FROM ${request.input.sql}) AS typed`
  try {
    await session.run(`COPY (${checked}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION lz4)`, runOptions(request))
  } catch (error) {
    throw request.input.toError?.(error) ?? error
  }
  return file
}

/** Why a score cannot be given out, or undefined when it can. */
function scoreProblem(contract: ModelContract, score: number): string | undefined {
  const name = scoreColumn(contract)
  const { min, max } = contract.output[name]!
  if (!Number.isFinite(score)) return `${contract.name}.${name}:not_finite`
  if (min !== undefined && score < min) return `${contract.name}.${name}:min`
  if (max !== undefined && score > max) return `${contract.name}.${name}:max`
  return undefined
}

interface Chunk {
  readonly from: number
  readonly to: number
  readonly index: number
}

interface Scoring {
  readonly request: ScoreRequest
  /** SQL of the staged rows of a chunk: typed columns, raw columns, row number and reasons. */
  readonly chunkSql: (chunk: Chunk) => string
  readonly outputColumns: readonly string[]
  readonly reasons: Map<string, number>
}

/** Scores the good rows of a chunk into the table `scores`; a score that breaks the contract's output gets a reason. */
async function scoreChunk(session: TableSession, scoring: Scoring, chunk: Chunk): Promise<void> {
  const { request, reasons } = scoring
  const inputs = sqlNames(Object.keys(request.contract.input))
  const good = `SELECT ${rowColumn}, ${inputs} FROM (${scoring.chunkSql(chunk)}) WHERE len(${reasonsColumn}) = 0`
  const rows = new Float64Array(chunk.to - chunk.from)
  const scores = new Float64Array(chunk.to - chunk.from)
  let filled = 0
  for await (const batch of session.batches(good, runOptions(request))) {
    const { [rowColumn]: positions, ...columns } = batch.columns
    const predicted = await request.model.predict({ rows: batch.rows, columns })
    rows.set(positions as Float64Array, filled)
    scores.set(predicted, filled)
    filled += batch.rows
    throwIfAborted(request.signal)
  }
  await session.run('CREATE OR REPLACE TABLE scores ("row" VARCHAR, score VARCHAR, reason VARCHAR)')
  for (let from = 0; from < filled; from += appendRows) {
    const text = Array.from({ length: Math.min(appendRows, filled - from) }, (_, i) => {
      const score = scores[from + i]!
      const reason = scoreProblem(request.contract, score)
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      return [String(rows[from + i]), String(score), reason ?? null]
    })
    await session.appendText('scores', text)
  }
}

/** Text of a CSV stays as it was written; in formats with types, the contract's inputs have the contract's types. */
function outputColumns(request: ScoreRequest, kept: readonly string[]): readonly string[] {
  const types = new Map(request.input.columns.map((column) => [column.name, column.sqlType]))
  return kept.map((name) => {
    const typed =
      request.format !== 'csv' && types.get(name) === 'VARCHAR' && Object.hasOwn(request.contract.input, name)
    return typed ? `t.${sqlName(name)}` : `t.${sqlName(rawName(name))} AS ${sqlName(name)}`
  })
}

async function writePart(session: TableSession, scoring: Scoring, chunk: Chunk): Promise<string> {
  const { request } = scoring
  const file = join(request.workFolder, `scored-${String(chunk.index).padStart(6, '0')}.${request.format}`)
  const score = 'CAST(s.score AS DOUBLE)'
  const columns = [
    ...scoring.outputColumns,
    `${score} AS ${sqlName(scoreColumn(request.contract))}`,
    ...(request.threshold === undefined ? [] : [`${score} >= ${request.threshold} AS ${decisionColumn}`]),
    `${sqlText(request.modelVersion)} AS ${versionColumn}`,
  ]
  const rows = `SELECT ${columns.join(', ')} FROM (${scoring.chunkSql(chunk)}) AS t
    JOIN scores AS s ON CAST(s."row" AS BIGINT) = t.${rowColumn} WHERE s.reason IS NULL ORDER BY t.${rowColumn}`
  await session.run(
    `COPY (${rows}) TO ${sqlText(file)} ${copyOptions(request.format, chunk.index === 0)}`,
    runOptions(request),
  )
  return file
}

async function writeRejected(
  session: TableSession,
  scoring: Scoring,
  target: { chunk: Chunk; first: boolean },
): Promise<string> {
  const { request } = scoring
  const { chunk, first } = target
  const file = join(request.workFolder, `rejected-${String(chunk.index).padStart(6, '0')}.${request.format}`)
  const raws = request.input.columns.map((column) => `t.${sqlName(rawName(column.name))} AS ${sqlName(column.name)}`)
  const list = `CASE WHEN s.reason IS NULL THEN t.${reasonsColumn} ELSE [s.reason] END`
  const reasons = request.format === 'csv' ? `array_to_string(${list}, '; ')` : list
  const columns = [`t.${rowColumn} + 1 AS ${rejectedRowColumn}`, `${reasons} AS ${rejectedReasonsColumn}`, ...raws]
  const rows = `SELECT ${columns.join(', ')} FROM (${scoring.chunkSql(chunk)}) AS t
    LEFT JOIN scores AS s ON CAST(s."row" AS BIGINT) = t.${rowColumn}
    WHERE s."row" IS NULL OR s.reason IS NOT NULL ORDER BY t.${rowColumn}`
  await session.run(`COPY (${rows}) TO ${sqlText(file)} ${copyOptions(request.format, first)}`, runOptions(request))
  return file
}

async function countReasons(session: TableSession, relation: string): Promise<Map<string, number>> {
  const found = await session.rows<{ reason: string; n: number }>(
    `SELECT reason, count(*) AS n FROM (SELECT unnest(${reasonsColumn}) AS reason FROM ${relation})
     GROUP BY reason ORDER BY n DESC, reason`,
  )
  return new Map(found.map((row) => [row.reason, row.n]))
}

/**
 * Scores a relation of any size within bounded memory, in the order of its rows. The input is read once; rows that
 * break the contract's input, and rows whose score breaks its output, go aside with reason codes and their number
 * in the input (the first row is 1); every other row is written with its score.
 */
export async function scoreRelation(session: TableSession, request: ScoreRequest): Promise<ScoredParts> {
  const { contract, input, chunkRows = defaultChunkRows } = request
  const kept = chooseColumns({ contract, input, columns: request.columns, decision: request.threshold !== undefined })
  const staged = await stage(session, request, checkInput(contract, input.columns))
  const relation = `read_parquet(${sqlText(staged)})`
  const [count] = await session.rows<{ n: number }>(`SELECT count(*) AS n FROM ${relation}`)
  const total = count!.n
  const { typedSelect } = checkInput(contract, await session.describe(`FROM ${relation}`))
  const scoring: Scoring = {
    request,
    chunkSql: ({ from, to }) => `${typedSelect}, file_row_number AS ${rowColumn}, ${reasonsColumn}
      FROM read_parquet(${sqlText(staged)}, file_row_number = true)
      WHERE file_row_number >= ${from} AND file_row_number < ${to}`,
    outputColumns: outputColumns(request, kept),
    reasons: await countReasons(session, relation),
  }
  const parts: string[] = []
  const rejectedParts: string[] = []
  let rejected = 0
  for (let from = 0; from === 0 || from < total; from += chunkRows) {
    throwIfAborted(request.signal)
    const chunk = { from, to: Math.min(total, from + chunkRows), index: parts.length }
    await scoreChunk(session, scoring, chunk)
    const [good] = await session.rows<{ n: number }>('SELECT count(*) AS n FROM scores WHERE reason IS NULL')
    parts.push(await writePart(session, scoring, chunk))
    const bad = chunk.to - chunk.from - good!.n
    if (bad > 0) rejectedParts.push(await writeRejected(session, scoring, { chunk, first: rejectedParts.length === 0 }))
    rejected += bad
    request.onProgress?.(chunk.to, total)
  }
  return {
    rows: total,
    scored: total - rejected,
    rejected,
    reasons: Object.fromEntries(scoring.reasons),
    parts,
    rejectedParts,
  }
}
