import { digestValue } from '../../../kernel/hash.ts'
import type { ProcessNodeOptions } from '../build/declare-process.ts'
import { EnvMissingError } from '../errors.ts'
import type { EnvReference, OutputRef, StepNode } from '../graph.ts'
import type { KeyPart, PlanContext, StepContext, StepKind, StepResult } from '../step-kind.ts'
import { createCodeKey } from './code-key.ts'
import { createCodeRunner } from './code-runner.ts'
import { writeInputFiles } from './input-files.ts'
import { makeOutputPlaces, storeOutputs } from './output-files.ts'
import type { ProcessContext } from './process-context.ts'

/** The step kind that runs the user's own TypeScript, Python or shell. */
export function createProcessStep(ctx: ProcessContext): StepKind {
  const runCode = createCodeRunner(ctx)
  const codeKey = createCodeKey(ctx)
  return {
    kind: 'process',
    version: 1,
    async keyParts(node, plan) {
      return [...(await codeKey(codeOf(node), plan)), ...envParts(node, plan)]
    },
    async run(step) {
      const inputs = await writeInputFiles(ctx, step)
      const outputs = makeOutputPlaces(step)
      const done = await runCode(step, codeOf(step.node), { inputs, outputs, extraEnv: declaredEnv(step) })
      const stored = await storeOutputs(ctx, step, outputs)
      return toResult(stored, done)
    },
  }
}

function codeOf(node: StepNode): NonNullable<StepNode['code']> {
  if (node.code === undefined) throw new TypeError(`process step ${node.name} has no code`)
  return node.code
}

function envOf(node: StepNode): readonly EnvReference[] {
  return (node.options as unknown as ProcessNodeOptions).env
}

/** A variable counts by its content; the content itself is never kept. */
function envParts(node: StepNode, plan: PlanContext): readonly KeyPart[] {
  return envOf(node).map((reference) => {
    const value = plan.env(reference.env)
    const detail = value === undefined ? (reference.default === undefined ? 'not set' : 'default') : 'set'
    return { name: `env ${reference.env}`, digest: digestValue('env/1', value ?? reference.default ?? null), detail }
  })
}

function declaredEnv(step: StepContext): Record<string, string> {
  return Object.fromEntries(
    envOf(step.node).map((reference) => {
      const value = step.env(reference.env) ?? reference.default
      if (value === undefined) throw new EnvMissingError(step.node.name, reference.env)
      return [reference.env, value]
    }),
  )
}

function toResult(
  outputs: Record<string, OutputRef>,
  done: Awaited<ReturnType<ReturnType<typeof createCodeRunner>>>,
): StepResult {
  const { metrics, points, exit } = done
  const tags = exit.peakMemoryBytes === undefined ? {} : { 'baton.peak_memory_bytes': String(exit.peakMemoryBytes) }
  return { outputs, metrics, points, tags, summary: summarize(outputs) }
}

function summarize(outputs: Record<string, OutputRef>): string {
  const texts = Object.entries(outputs).map(([name, output]) => {
    if (output.kind === 'table') return `${output.rows.toLocaleString('en')} rows`
    if (output.kind === 'value') return `${name} ${JSON.stringify(output.value).slice(0, 40)}`
    return `${output.files} ${output.files === 1 ? 'file' : 'files'}`
  })
  return texts.join(', ')
}
