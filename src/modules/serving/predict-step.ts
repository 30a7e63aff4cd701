import { join } from 'node:path'

import { digestValue } from '../../kernel/hash.ts'
import type { DatasetReader, DatasetWriter } from '../../ports/dataset-reader.ts'
import { findModel, type GatedVersion, resolveModel } from '../models/index.ts'
import type { KeyPart, OutputRef, StepContext, StepKind, StepNode, StepNotice, StepResult } from '../pipelines/index.ts'
import type { PredictContext } from './context.ts'
import type { PredictNodeOptions } from './declare.ts'
import { InvalidPredictOptionsError, TooManyRejectedError } from './errors.ts'
import { loadVersion } from './predict.ts'
import { type ScoredParts, scoreRelation } from './score-relation.ts'

/** What predicting within a pipeline needs. */
export interface PredictStepContext extends PredictContext {
  readonly reader: DatasetReader
  readonly writer: DatasetWriter
}

const optionsOf = (node: StepNode): PredictNodeOptions => node.options as unknown as PredictNodeOptions

type TableRef = Extract<OutputRef, { kind: 'table' }>

async function modelPart(ctx: PredictStepContext, reference: string): Promise<KeyPart> {
  const found = await findModel(ctx, reference)
  const name = 'registered model'
  if (found === undefined) return { name, uncacheable: `${reference} is not registered yet` }
  const { model, version, modelDigest, contractDigest } = found
  return {
    name,
    digest: digestValue('predict-model/1', [modelDigest, contractDigest, version]),
    detail: `${model}@${version}`,
  }
}

/** The version that the step's reference, or the value of its register step, names. */
async function modelOf(ctx: PredictStepContext, step: StepContext): Promise<GatedVersion> {
  const { model } = optionsOf(step.node)
  if (model !== null) return await resolveModel(ctx, model)
  const input = step.inputs['model']
  const value = input?.kind === 'value' ? (input.value as { model?: unknown; version?: unknown } | null) : null
  if (typeof value?.model !== 'string' || typeof value.version !== 'number')
    throw new InvalidPredictOptionsError(step.node.name, 'its model is a value that p.register did not make')
  return await resolveModel(ctx, `${value.model}@${value.version}`)
}

async function commitRejected(
  ctx: PredictStepContext,
  step: StepContext,
  found: ScoredParts,
): Promise<readonly StepNotice[]> {
  if (found.rejected === 0) return []
  const dataset = `${optionsOf(step.node).dataset}-rejected`
  const kept = await ctx.writer.commitFiles(dataset, found.rejectedParts, { runId: step.runId, step: step.node.name })
  return [{ label: 'quarantine', text: `${kept.rows} rows in ${dataset}@${kept.version}, with their reasons` }]
}

async function runPredict(ctx: PredictStepContext, step: StepContext): Promise<StepResult> {
  const { dataset, columns, threshold, maxRejectedShare } = optionsOf(step.node)
  const address = step.inputs['input'] as TableRef
  const version = await modelOf(ctx, step)
  await using model = await loadVersion(ctx, version, join(step.workFolder, 'model'))
  const scan = await ctx.reader.scan(address)
  await using session = await ctx.engine.openSession({
    memoryLimitMb: ctx.memoryLimitMb ?? 512,
    allowedFolders: [...scan.folders, step.workFolder],
  })
  const found = await scoreRelation(session, {
    input: { sql: scan.sql, columns: scan.columns, label: `${address.dataset}@${address.version}` },
    contract: version.contract,
    model,
    modelVersion: `${version.model}@${version.version}`,
    columns: columns ?? undefined,
    threshold: threshold ?? undefined,
    format: 'parquet',
    workFolder: step.workFolder,
    signal: step.signal,
    onProgress: (done, total) => step.progress({ done, total, unit: 'rows' }),
  })
  const notices = await commitRejected(ctx, step, found)
  if (found.rejected > maxRejectedShare * found.rows)
    throw new TooManyRejectedError({ ...found, maxShare: maxRejectedShare })
  const scored = await ctx.writer.commitFiles(dataset, found.parts, { runId: step.runId, step: step.node.name })
  return {
    outputs: { scored: { kind: 'table', ...scored } },
    metrics: { rows: found.rows, scored: found.scored, rejected: found.rejected },
    summary: `${found.scored.toLocaleString('en')} rows by ${version.model}@${version.version}`,
    notices,
  }
}

/** The step that scores every row of a table with a registered model; rows that break its contract go to quarantine. */
export function createPredictStep(ctx: PredictStepContext): StepKind {
  return {
    kind: 'predict',
    version: 1,
    keyParts: async (node) => {
      const { model } = optionsOf(node)
      const engine = await ctx.engine.version()
      const parts: KeyPart[] = [
        {
          name: 'environment',
          digest: digestValue('predict-environment/1', engine),
          detail: `${ctx.engine.name} ${engine}`,
        },
      ]
      return model === null ? parts : [...parts, await modelPart(ctx, model)]
    },
    run: async (step) => await runPredict(ctx, step),
  }
}
