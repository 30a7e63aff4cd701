import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { join, relative } from 'node:path'

import type { Clock } from '../../kernel/clock.ts'
import { writeFileDurably } from '../../kernel/durable-file.ts'
import { type Digest, digestValue, shortDigest } from '../../kernel/hash.ts'
import type { FolderStore } from '../../ports/folder-store.ts'
import type { LoadedModel, ModelRuntime } from '../../ports/model-runtime.ts'
import { contractDigest, judge, type ModelContract, parseModelContract } from '../contracts/index.ts'
import type { KeyPart, OutputRef, StepContext, StepKind, StepNode, StepResult } from '../pipelines/index.ts'
import { type Measured, type Provenance, type QualityReport, qualityReport } from './contract.ts'
import type { EvaluateNodeOptions } from './declare.ts'
import { TaskMismatchError, UnknownTargetError } from './errors.ts'
import { evaluateModel } from './evaluate.ts'
import type { ChampionToMeet, EvaluationRequest, TableInput } from './evaluation-request.ts'
import { qualityFacts, qualityHtmlName, qualityJsonName } from './quality-facts.ts'
import type { ScoringContext } from './score-table.ts'
import { headlineText, writeVerdict } from './verdict.ts'

/** A registered model that now serves. */
export interface ChampionAddress {
  readonly version: number | string
  readonly digest: Digest
}

/** What evaluating needs. */
export interface EvaluateContext extends ScoringContext {
  readonly runtime: ModelRuntime
  readonly folders: FolderStore
  readonly clock: Clock
  readonly project: string
  readonly batonVersion: string
  /** The champion of a registered model, if there is one. */
  champion(modelName: string): Promise<ChampionAddress | undefined>
  /** The commit of the project, for the report's foot. */
  commit?(): Promise<string | undefined>
  /** Where a copy of the page is left for people, `.baton/reports`. */
  readonly reportsFolder?: string
}

/** Raised whenever the same inputs would give another report. */
const implementation = 1

/** The step that measures a model on data it has not seen: a folder with `quality.json` and `quality.html`. */
export function createEvaluateStep(ctx: EvaluateContext): StepKind {
  return {
    kind: 'evaluate',
    version: implementation,
    keyParts: async (node, { graph }) => await keyParts(ctx, node, graph.pipeline),
    run: async (step) => await runEvaluate(ctx, step),
  }
}

type FolderRef = Extract<OutputRef, { kind: 'model' | 'report' | 'files' }>

const optionsOf = (node: StepNode): EvaluateNodeOptions => node.options as unknown as EvaluateNodeOptions

function contractOf(options: EvaluateNodeOptions): ModelContract | undefined {
  return options.contract === undefined ? undefined : parseModelContract(options.contract)
}

const modelName = (options: EvaluateNodeOptions, pipeline: string): string =>
  options.name ?? options.contract?.name ?? pipeline

async function keyParts(ctx: EvaluateContext, node: StepNode, pipeline: string): Promise<readonly KeyPart[]> {
  const options = optionsOf(node)
  const contract = contractOf(options)
  const name = modelName(options, pipeline)
  const champion = await ctx.champion(name)
  const environment = { node: process.version, platform: platform(), arch: arch(), engine: await ctx.engine.version() }
  return [
    ...(contract === undefined ? [] : [{ name: 'contract', digest: contractDigest(contract), detail: contract.name }]),
    {
      name: 'champion',
      digest: digestValue('evaluation-champion/1', champion?.digest ?? 'none'),
      detail: champion === undefined ? 'none' : `${name}@${champion.version}`,
    },
    {
      name: 'environment',
      digest: digestValue('evaluation-environment/1', environment),
      detail: `Node ${environment.node}, ${environment.platform}-${environment.arch}, ${ctx.engine.name} ${environment.engine}`,
    },
  ]
}

function tableInput(ref: OutputRef | undefined): TableInput | undefined {
  return ref?.kind === 'table' ? ref : undefined
}

async function runEvaluate(ctx: EvaluateContext, step: StepContext): Promise<StepResult> {
  const options = optionsOf(step.node)
  const contract = contractOf(options)
  const modelRef = step.inputs['model'] as FolderRef
  const folder = join(step.workFolder, 'model')
  await ctx.folders.restore(modelRef.digest, folder)
  await using model = await ctx.runtime.load(folder)
  if (contract !== undefined && contract.task !== model.signature.task)
    throw new TaskMismatchError(contract.name, { promised: contract.task, model: model.signature.task })
  const name = modelName(options, step.graph.pipeline)
  const described = await describedModel(folder)
  const target = options.target ?? contract?.target ?? described.target
  if (target === undefined) throw new UnknownTargetError()
  const positive = options.positive ?? contract?.positive ?? model.signature.output.positive
  const meeting = await loadChampion(ctx, step, { name, model, digest: modelRef.digest })
  try {
    const request: EvaluationRequest = {
      model,
      about: aboutModel({ name, ref: modelRef, folder, model }),
      data: tableInput(step.inputs['data'])!,
      train: tableInput(step.inputs['train']),
      validation: tableInput(step.inputs['validation']),
      target,
      positive: model.signature.task === 'binary' ? positive : undefined,
      weight: options.weight,
      threshold: options.threshold,
      slices: options.slices ?? contract?.slices,
      sliceMinRows: contract?.sliceMinRows,
      heuristic: options.heuristic ?? contract?.heuristic,
      behaviour: contract?.behaviour,
      costs: options.costs ?? contract?.costs,
      champion: meeting,
      seed: options.seed,
      signal: step.signal,
      log: (line) => step.log(line),
      progress: (done, total) => step.progress({ done, total, unit: 'rows' }),
    }
    const findings = await evaluateModel(ctx, request)
    const judgement = contract === undefined ? undefined : judge(contract, qualityFacts(findings))
    const report = qualityReport.parse({
      ...findings,
      verdict: writeVerdict(findings, judgement),
      ...(judgement === undefined ? {} : { contract: judgement }),
      provenance: await provenanceOf(ctx, step),
    })
    return await storeReport(ctx, step, report)
  } finally {
    if (meeting.state === 'present') await meeting.model[Symbol.asyncDispose]()
  }
}

function aboutModel(facts: {
  readonly name: string
  readonly ref: FolderRef
  readonly folder: string
  readonly model: LoadedModel
}): QualityReport['model'] {
  const { name, ref, folder, model } = facts
  const format = existsSync(join(folder, 'model.onnx'))
    ? 'onnx'
    : existsSync(join(folder, 'MLmodel'))
      ? 'mlflow'
      : undefined
  return {
    name,
    digest: ref.digest,
    sizeBytes: ref.sizeBytes,
    files: ref.files,
    ...(format === undefined ? {} : { format }),
    inputs: model.signature.inputs.map((input) => ({ ...input })),
    output: { ...model.signature.output },
  }
}

/** What the model folder says of itself beyond its signature. */
async function describedModel(folder: string): Promise<{ readonly target?: string }> {
  const path = join(folder, 'baton-model.json')
  if (!existsSync(path)) return {}
  const described = JSON.parse(await readFile(path, 'utf8')) as { target?: unknown }
  return typeof described.target === 'string' ? { target: described.target } : {}
}

async function loadChampion(
  ctx: EvaluateContext,
  step: StepContext,
  challenger: { readonly name: string; readonly model: LoadedModel; readonly digest: Digest },
): Promise<ChampionToMeet> {
  const champion = await ctx.champion(challenger.name)
  if (champion === undefined) return { state: 'absent', why: `No version of ${challenger.name} is champion yet.` }
  if (champion.digest === challenger.digest)
    return { state: 'absent', why: `This is the champion itself, version ${champion.version}.` }
  const folder = join(step.workFolder, 'champion')
  await ctx.folders.restore(champion.digest, folder)
  const model = await ctx.runtime.load(folder)
  const why = await whyNotComparable(ctx, step, { champion: model, challenger: challenger.model })
  if (why === undefined) return { state: 'present', version: String(champion.version), model }
  await model[Symbol.asyncDispose]()
  return { state: 'absent', why: `Version ${champion.version} is champion, but ${why}` }
}

async function whyNotComparable(
  ctx: EvaluateContext,
  step: StepContext,
  models: { readonly champion: LoadedModel; readonly challenger: LoadedModel },
): Promise<string | undefined> {
  const { champion, challenger } = models
  if (champion.signature.task !== challenger.signature.task) return `it is a ${champion.signature.task} model.`
  const data = tableInput(step.inputs['data'])!
  const columns = (await ctx.datasets.scan(data)).columns.map((column) => column.name)
  const missing = champion.signature.inputs.filter((input) => !columns.includes(input.name)).map((input) => input.name)
  if (missing.length === 0) return undefined
  return `it cannot score ${data.dataset}: there is no column ${missing.join(', ')}.`
}

async function provenanceOf(ctx: EvaluateContext, step: StepContext): Promise<Provenance> {
  const commit = await ctx.commit?.()
  return {
    project: ctx.project,
    pipeline: step.graph.pipeline,
    step: step.node.name,
    runId: step.runId,
    ...(commit === undefined ? {} : { commit }),
    batonVersion: ctx.batonVersion,
    createdAt: ctx.clock.now().toISOString(),
  }
}

async function storeReport(ctx: EvaluateContext, step: StepContext, report: QualityReport): Promise<StepResult> {
  const { renderQualityReport } = await import('./report/render.ts')
  const html = await renderQualityReport(report)
  const folder = join(step.workFolder, 'report')
  await mkdir(folder, { recursive: true })
  writeFileDurably(join(folder, qualityJsonName), `${JSON.stringify(report, undefined, 2)}\n`)
  writeFileDurably(join(folder, qualityHtmlName), html)
  const stored = await ctx.folders.store(folder)
  const notices = []
  if (ctx.reportsFolder !== undefined) {
    const path = join(ctx.reportsFolder, `${step.graph.pipeline}-${shortDigest(report.model.digest as Digest)}.html`)
    writeFileDurably(path, html)
    notices.push({ label: 'quality report', text: relative(step.projectRoot, path) })
  }
  return {
    outputs: { report: { kind: 'report', ...stored } },
    metrics: trackedMetrics(report.metrics),
    tags: report.verdict.holds === undefined ? {} : { 'contract.holds': String(report.verdict.holds) },
    summary: headlineText(report),
    notices,
  }
}

/** `rocAuc`, and the ends of its interval as `rocAuc.lower` and `rocAuc.upper`. */
function trackedMetrics(metrics: Readonly<Record<string, Measured>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, { value, lower, upper }]) => [
      [name, value],
      ...(lower === undefined || upper === undefined
        ? []
        : [
            [`${name}.lower`, lower],
            [`${name}.upper`, upper],
          ]),
    ]),
  ) as Record<string, number>
}
