import type { Json } from '../../../kernel/json.ts'
import type { Handle, OutputKind } from '../graph.ts'
import type { OutputDeclarations } from './outputs.ts'

/** An input as a TypeScript step sees it: files only. */
export interface TableInput {
  readonly kind: 'table'
  /** A folder with the Parquet parts. */
  readonly path: string
  /** The Parquet parts, in the order of the rows. */
  readonly parquet: readonly string[]
}

export interface FolderInput {
  readonly kind: 'model' | 'report' | 'files'
  /** A private copy of the folder; its files are read-only. */
  readonly path: string
}

export interface ValueInput {
  readonly kind: 'value'
  /** The JSON file that holds the value. */
  readonly path: string
  readonly value: Json
}

/** An output as a TypeScript step sees it: a path to write to. */
export interface FolderOutput {
  readonly kind: 'table' | 'model' | 'report' | 'files'
  /** An empty folder; what is in it when the step ends becomes the output. */
  readonly path: string
}

export interface ValueOutput {
  readonly kind: 'value'
  /** A JSON file to write, which `write` does. */
  readonly path: string
  readonly write: (value: Json) => void
}

export type InputOf<Kind extends OutputKind> = Kind extends 'table'
  ? TableInput
  : Kind extends 'value'
    ? ValueInput
    : FolderInput
export type OutputOf<Kind extends OutputKind> = Kind extends 'value' ? ValueOutput : FolderOutput

/** Input and output kinds by name; `step<{ inputs: { train: 'table' }; outputs: { model: 'model' } }>(…)`. */
export interface StepShape {
  readonly inputs: Readonly<Record<string, OutputKind>>
  readonly outputs: Readonly<Record<string, OutputKind>>
}

/** What a step written in TypeScript is called with. */
export interface StepFunctionContext<Shape extends StepShape = StepShape> {
  readonly inputs: { readonly [Name in keyof Shape['inputs']]: InputOf<Shape['inputs'][Name]> }
  readonly outputs: { readonly [Name in keyof Shape['outputs']]: OutputOf<Shape['outputs'][Name]> }
  readonly params: Readonly<Record<string, Json>>
  /** One line for the step's log. */
  readonly log: (...values: readonly unknown[]) => void
  /** Records a number of the run; a later value of the same name replaces it, `step` keeps the whole curve. */
  readonly metric: (name: string, value: number, step?: number) => void
  /** Fires when the step has to stop: Ctrl-C or a timeout. */
  readonly signal: AbortSignal
}

export type StepFunction<Shape extends StepShape = StepShape> = (
  context: StepFunctionContext<Shape>,
) => void | Promise<void>

/** Marks the default export of a module as a step: `export default step(async ({ inputs, outputs, params }) => { … })`. */
export function step<Shape extends StepShape = StepShape>(run: StepFunction<Shape>): StepFunction<Shape> {
  return run
}

/** The shape that a pipeline gives to a function written in its own file. */
export interface ShapeOf<Inputs extends Readonly<Record<string, Handle>>, Outputs extends OutputDeclarations> {
  readonly inputs: { readonly [Name in keyof Inputs]: Inputs[Name]['kind'] }
  readonly outputs: { readonly [Name in keyof Outputs]: Outputs[Name]['kind'] }
}
