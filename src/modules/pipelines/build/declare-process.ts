import type { Json } from '../../../kernel/json.ts'
import { InvalidGraphError } from '../errors.ts'
import type { CodeReference, CommonStepOptions, EnvReference, Handle, StepScope } from '../graph.ts'
import { inlineSource } from './inline-source.ts'
import { files, type HandlesOf, type OutputDeclaration, type OutputDeclarations } from './outputs.ts'
import type { ShapeOf, StepFunction } from './step-function.ts'

/** A script or command, as `python(…)` and `shell(…)` make it. */
export type ScriptReference = Extract<CodeReference, { language: 'python' | 'shell' }>

/** A Python script of the project, run with the project's interpreter. */
export function python(file: string, ...args: readonly string[]): Extract<CodeReference, { language: 'python' }> {
  return { language: 'python', file, args }
}

/** A command for `/bin/sh -c`, run in the project's folder. */
export function shell(command: string): Extract<CodeReference, { language: 'shell' }> {
  return { language: 'shell', command }
}

type Inputs = Readonly<Record<string, Handle>>

/** The outputs of a step that declares none: one folder of files. */
export type DefaultOutput = { readonly output: OutputDeclaration<'files'> }

export interface ProcessOptions<In extends Inputs, Out extends OutputDeclarations> extends CommonStepOptions {
  /** A function, a TypeScript module (`'src/features.ts'`), `python(…)` or `shell(…)`. */
  readonly run: StepFunction<ShapeOf<In, Out>> | string | ScriptReference
  readonly inputs?: In
  /** What the step leaves; one folder called `output` by default. */
  readonly outputs?: Out
  /** Pipeline parameters that the step may read; all of them by default. A param it does not read never re-runs it. */
  readonly params?: readonly string[]
  /** Environment variables that the step sees, beside PATH, HOME, LANG and TZ. */
  readonly env?: readonly (string | EnvReference)[]
}

/** Declares a step that runs the user's own code, and gives a handle for each output. */
export function declareProcess<
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- a step without inputs
  const In extends Inputs = Record<never, never>,
  const Out extends OutputDeclarations = DefaultOutput,
>(scope: StepScope, name: string, options: ProcessOptions<In, Out>): HandlesOf<Out> {
  const outputs: OutputDeclarations = options.outputs ?? { output: files() }
  const entries = Object.entries(outputs)
  if (entries.length === 0) {
    throw new InvalidGraphError(`Step ${name} declares no outputs.`, 'Leave `outputs` out for one folder of files.', {
      file: scope.file,
    })
  }
  for (const [output, declared] of entries) {
    // A file without type checking may give a word here.
    if (typeof (declared as OutputDeclaration | string) !== 'string') continue
    throw new InvalidGraphError(
      `Output "${output}" of step ${name} is ${JSON.stringify(declared)}, and must be declared by a function.`,
      `Write one of table(), model(), report(), files() and value(), which "baton-ml" exports.`,
      { file: scope.file },
    )
  }
  checkVariables(name, 'input', Object.keys(options.inputs ?? {}), scope.file)
  checkVariables(name, 'output', Object.keys(outputs), scope.file)
  scope.add({
    name,
    kind: 'process',
    inputs: options.inputs ?? {},
    outputs: Object.fromEntries(entries.map(([output, declared]) => [output, declared.kind])),
    options: processOptions(name, options.env ?? [], entries),
    code: toCode(name, options.run, scope.file),
    retries: options.retries ?? 0,
    cached: options.cache ?? true,
    ...(options.params ? { params: options.params } : {}),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  })
  const handles = entries.map(([output, declared]) => [output, { kind: declared.kind, step: name, output }])
  return Object.fromEntries(handles) as HandlesOf<Out>
}

/** What `declareProcess` writes into the options of a node. */
export interface ProcessNodeOptions {
  readonly env: readonly EnvReference[]
  /** Dataset of each table output. */
  readonly datasets: Readonly<Record<string, string>>
}

function processOptions(
  step: string,
  env: readonly (string | EnvReference)[],
  outputs: readonly (readonly [string, OutputDeclaration])[],
): Json {
  const tables = outputs.filter(([, declared]) => declared.kind === 'table')
  const datasets = tables.map(([output, declared]) => [
    output,
    declared.dataset ?? (outputs.length === 1 ? step : `${step}-${output}`),
  ])
  return {
    env: env.map((item): Json => (typeof item === 'string' ? { env: item } : { env: item.env, default: item.default })),
    datasets: Object.fromEntries(datasets) as Record<string, string>,
  }
}

function toCode(step: string, run: ProcessOptions<never, never>['run'], file: string): CodeReference {
  if (typeof run === 'object') return run
  if (typeof run === 'string') {
    if (/\.(?:[cm]?[jt]s)$/.test(run)) return { language: 'typescript', file: run }
    throw new InvalidGraphError(
      `Step ${step} runs "${run}", which is not a TypeScript or JavaScript module.`,
      run.endsWith('.py') ? `Write \`run: python('${run}')\`.` : "Write `run: shell('…')` for a command.",
      { file },
    )
  }
  try {
    return { language: 'inline', file, source: inlineSource(run) }
  } catch (cause) {
    throw new InvalidGraphError(
      `Step ${step} runs a function without source: ${(cause as Error).message}.`,
      'Write the function in place, or name a module: `run: "src/step.ts"`.',
      { file },
    )
  }
}

/** The name of an input or output as the environment has it: `trainSet` is `TRAINSET`, `train-set` is `TRAIN_SET`. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
}

function checkVariables(step: string, what: string, names: readonly string[], file: string): void {
  const seen = new Map<string, string>()
  for (const name of names) {
    const variable = variableName(name)
    const other = seen.get(variable)
    if (/^[A-Za-z][\w-]*$/.test(name) && other === undefined) {
      seen.set(variable, name)
      continue
    }
    throw new InvalidGraphError(
      other
        ? `${what}s "${other}" and "${name}" of step ${step} would share the variable BATON_${what.toUpperCase()}_${variable}.`
        : `${what} name "${name}" of step ${step} is not allowed.`,
      'Use letters, digits, - and _, beginning with a letter, and names that differ in more than case.',
      { file },
    )
  }
}
