import { join, resolve } from 'node:path'

import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName, sqlText } from '../../checks/index.ts'
import type { StepContext, StepKind, StepResult } from '../../pipelines/index.ts'
import { commitPart } from '../commit.ts'
import type { DatasetsContext } from '../context.ts'
import { SplitRefusedError } from '../errors.ts'
import { valuePart } from '../key-part.ts'
import { toOutput } from '../output.ts'
import { type NewPart, writePart } from '../parts.ts'
import { scanInput } from '../scan-input.ts'
import { withWorkFolder } from '../work-folder.ts'
import { type PartFacts, refuseAfterFitting, refuseEmpty, refuseShared, refuseTimeLeak } from './guards.ts'
import { groupFilters, rowFilters } from './hash-split.ts'
import { describeRule, type PartName, partNames, type SplitOptions } from './rules.ts'
import { type PartFilters, timeFilters } from './time-split.ts'

function filtersOf(session: TableSession, relation: string, options: SplitOptions): Promise<PartFilters> {
  const { by } = options
  switch (by.kind) {
    case 'time':
      return timeFilters(session, relation, { ...options, by })
    case 'group':
      return groupFilters(session, relation, { ...options, by })
    case 'stratified':
    case 'random':
      return rowFilters(session, relation, { ...options, by })
  }
}

async function factsOf(session: TableSession, part: NewPart, options: SplitOptions): Promise<PartFacts> {
  if (options.by.kind !== 'time' || part.rows === 0) return { rows: part.rows }
  const column = sqlName(options.by.column)
  const [range] = await session.rows<{ from: string; to: string }>(
    `SELECT CAST(CAST(min(${column}) AS TIMESTAMP) AS VARCHAR) AS "from", CAST(CAST(max(${column}) AS TIMESTAMP) AS VARCHAR) AS "to"
     FROM read_parquet(${sqlText(part.file)})`,
  )
  return { rows: part.rows, ...range }
}

function describePart(facts: PartFacts): string {
  const rows = `${facts.rows.toLocaleString('en-US')} rows`
  return facts.from === undefined ? rows : `${rows}, ${facts.from} to ${facts.to}`
}

function requireColumns(step: StepContext, columns: readonly { readonly name: string }[], options: SplitOptions): void {
  const names = columns.map((column) => column.name)
  const by = options.by.kind === 'random' ? undefined : options.by.column
  for (const wanted of [by, options.apart]) {
    if (wanted === undefined || names.includes(wanted)) continue
    throw new SplitRefusedError(
      'split_column',
      `The input of ${step.node.name} has no column ${wanted}; it has ${names.join(', ')}.`,
      {
        kind: 'usage',
        hint: 'Correct `by` of the split.',
        where: { field: wanted },
      },
    )
  }
}

async function run(ctx: DatasetsContext, step: StepContext): Promise<StepResult> {
  const options = step.node.options as unknown as SplitOptions
  refuseAfterFitting(step.graph, step.node)
  const scan = await scanInput(ctx, step, 'input')
  requireColumns(step, scan.columns, options)
  return withWorkFolder(ctx, async (work) => {
    await using session = await ctx.engine.openSession({
      memoryLimitMb: ctx.memoryLimitMb,
      allowedFolders: [resolve(work.path), ...scan.folders],
      // The filters of the other rules join with the borders of each stratum or group, and a join on several threads
      // gives its rows in chance order.
      ...(options.by.kind === 'time' ? {} : { threads: 1 }),
    })
    const filters = await filtersOf(session, scan.sql, options)
    const parts: Partial<Record<PartName, NewPart>> = {}
    const facts: Partial<Record<PartName, PartFacts>> = {}
    for (const [index, name] of partNames.entries()) {
      const filter = filters[name]
      if (filter === undefined) continue
      const file = join(work.path, `part-0000${index}-${work.id}.zstd.parquet`)
      const sql = `SELECT * FROM ${scan.sql} AS split_row WHERE ${filter}`
      parts[name] = await writePart(session, { sql, file, signal: step.signal })
      facts[name] = await factsOf(session, parts[name], options)
    }
    const rule = describeRule(options)
    refuseEmpty(facts, rule)
    if (options.by.kind === 'time') refuseTimeLeak(facts, options.by.column)
    const apart = options.by.kind === 'group' ? options.by.column : options.apart
    if (apart !== undefined) {
      const relations = Object.entries(parts).map(([name, part]) => [name, `read_parquet(${sqlText(part.file)})`])
      await refuseShared(session, Object.fromEntries(relations) as Partial<Record<PartName, string>>, apart)
    }
    return commitParts(ctx, step, { options, parts, facts, inputRows: scan.rows })
  })
}

interface SplitParts {
  readonly options: SplitOptions
  readonly parts: Partial<Record<PartName, NewPart>>
  readonly facts: Partial<Record<PartName, PartFacts>>
  readonly inputRows: number
}

async function commitParts(ctx: DatasetsContext, step: StepContext, split: SplitParts): Promise<StepResult> {
  const { options, parts, facts, inputRows } = split
  const provenance = { runId: step.runId, step: step.node.name, source: describeRule(options) }
  const outputs: Record<string, ReturnType<typeof toOutput>> = {}
  const metrics: Record<string, number> = {}
  const tags: Record<string, string> = { rule: describeRule(options) }
  for (const name of partNames) {
    const part = parts[name]
    if (!part) continue
    const dataset = `${options.dataset}.${name}`
    const { snapshot } = await commitPart(ctx, { dataset, part, mode: 'overwrite', provenance })
    outputs[name] = toOutput(snapshot)
    metrics[`${name}Rows`] = snapshot.rows
    tags[name] = describePart(facts[name]!)
  }
  const leftOut = inputRows - Object.values(metrics).reduce((sum, rows) => sum + rows, 0)
  metrics['leftOutRows'] = leftOut
  const sizes = partNames
    .filter((name) => outputs[name])
    .map((name) => `${name} ${outputs[name]!.rows.toLocaleString('en-US')}`)
  return {
    outputs,
    metrics,
    tags,
    summary: `${sizes.join(' · ')}${leftOut > 0 ? ` · left out ${leftOut.toLocaleString('en-US')}` : ''}`,
  }
}

/** Splits a dataset into train, validation and test, and refuses a split that would leak. */
export function createSplitStep(ctx: DatasetsContext): StepKind {
  return {
    kind: 'split',
    version: 2,
    async keyParts(node, plan) {
      refuseAfterFitting(plan.graph, node)
      const engine = `${ctx.engine.name} ${await ctx.engine.version()}`
      return [valuePart('engine', engine, engine)]
    },
    run: (step) => run(ctx, step),
  }
}
