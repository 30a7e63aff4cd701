import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { fsyncFile, fsyncFolder } from '../../kernel/durable-file.ts'
import { digestValue } from '../../kernel/hash.ts'
import { newId } from '../../kernel/ids.ts'
import type { FolderStore } from '../../ports/folder-store.ts'
import type { ModelRuntime, ModelSignature } from '../../ports/model-runtime.ts'
import { parseModelContract } from '../contracts/index.ts'
import { qualityFacts, qualityHtmlName, qualityJsonName, readQualityReport } from '../evaluation/index.ts'
import type { OutputRef, StepContext, StepKind, StepNode, StepNotice, StepResult } from '../pipelines/index.ts'
import type { RegistryContext } from './context.ts'
import type { RegisteredValue } from './declare.ts'
import { ReportMismatchError } from './errors.ts'
import type { GatedVersion } from './model-version.ts'
import { type Registered, registerModel } from './register.ts'

/** What registering within a pipeline needs. */
export interface RegisterContext extends RegistryContext {
  readonly folders: FolderStore
  readonly runtime: ModelRuntime
  /** Where people find the quality reports: `.baton/reports`. */
  readonly reportsFolder: string
  /** Who runs the pipeline; kept with an alias that the step gives. */
  readonly who: string
}

interface RegisterNodeOptions {
  readonly contract: unknown
  readonly alias?: string
}

type FolderRef = Extract<OutputRef, { kind: 'model' | 'report' | 'files' }>

const optionsOf = (node: StepNode): RegisterNodeOptions => node.options as unknown as RegisterNodeOptions

/** Reads the signature from the model itself, not from the report: loading it proves that it can be served. */
async function signatureOf(ctx: RegisterContext, folder: string): Promise<ModelSignature> {
  await using model = await ctx.runtime.load(folder)
  return model.signature
}

/** Leaves the report where people find it, whole or not at all. */
async function publishReport(ctx: RegisterContext, reportFolder: string, version: GatedVersion): Promise<string> {
  await mkdir(ctx.reportsFolder, { recursive: true })
  const name = `${version.model}-${version.version}`
  for (const [from, extension] of [
    [qualityJsonName, 'json'],
    [qualityHtmlName, 'html'],
  ] as const) {
    const temporary = join(ctx.reportsFolder, `.tmp-${newId()}`)
    try {
      await copyFile(join(reportFolder, from), temporary)
      fsyncFile(temporary)
      await rename(temporary, join(ctx.reportsFolder, `${name}.${extension}`))
    } finally {
      await rm(temporary, { force: true })
    }
  }
  fsyncFolder(ctx.reportsFolder)
  return join(ctx.reportsFolder, `${name}.html`)
}

function notices(registered: Registered, report: string): readonly StepNotice[] {
  const { model, version } = registered.version
  return [
    { label: 'model', text: `${model}@${version}${registered.created ? '' : ' (registered before)'}` },
    { label: 'quality report', text: report },
    { label: 'next', text: `baton models promote ${model}@${version} --to champion --why "…"` },
  ]
}

async function runRegister(ctx: RegisterContext, step: StepContext): Promise<StepResult> {
  const { alias, ...options } = optionsOf(step.node)
  const contract = parseModelContract(options.contract)
  const model = step.inputs['model'] as FolderRef
  const report = step.inputs['report'] as FolderRef
  const modelFolder = join(step.workFolder, 'model')
  const reportFolder = join(step.workFolder, 'report')
  await ctx.folders.restore(model.digest, modelFolder)
  await ctx.folders.restore(report.digest, reportFolder)
  const quality = await readQualityReport(reportFolder)
  if (quality.model.digest !== model.digest) throw new ReportMismatchError(model.digest, quality.model.digest)
  const registered = await registerModel(ctx, {
    contract,
    model: { digest: model.digest, sizeBytes: model.sizeBytes, files: model.files },
    reportDigest: report.digest,
    signature: await signatureOf(ctx, modelFolder),
    facts: qualityFacts(quality),
    runId: step.runId,
    user: ctx.who,
    ...(alias === undefined
      ? {}
      : {
          alias: {
            name: alias,
            who: ctx.who,
            why: `registered by step ${step.node.name} of pipeline ${step.graph.pipeline}, run ${step.pipelineRunId}`,
          },
        }),
  })
  const { version } = registered
  const page = relative(step.projectRoot, await publishReport(ctx, reportFolder, version))
  step.log(
    `${version.model}@${version.version}: all ${version.judgement.promises.length} promises of the contract hold`,
  )
  const value = {
    model: version.model,
    version: version.version,
    alias: alias ?? null,
    digest: version.modelDigest,
  } satisfies RegisteredValue
  return {
    outputs: { version: { kind: 'value', digest: digestValue('value/1', value), value } },
    tags: { 'baton.model': version.model, 'baton.model_version': String(version.version) },
    summary: `${version.model}@${version.version}${alias === undefined ? '' : `, ${alias}`}`,
    notices: notices(registered, page),
  }
}

/** The step that makes a model version when the contract's gate holds. */
export function createRegisterStep(ctx: RegisterContext): StepKind {
  return {
    kind: 'register',
    version: 1,
    // The contract and the alias are options of the node, the model and the report its inputs: nothing else matters.
    keyParts: () => Promise.resolve([]),
    run: async (step) => await runRegister(ctx, step),
  }
}
