import type { Handle, OutputKind } from '../graph.ts'

/** What a process step promises to leave. */
export interface OutputDeclaration<Kind extends OutputKind = OutputKind> {
  readonly kind: Kind
  /** Of a table: the dataset that the output becomes a version of. */
  readonly dataset?: string
}

/** Parquet or CSV files that become one version of a dataset; its name is the step's (and the output's) by default. */
export function table(options: { readonly dataset?: string } = {}): OutputDeclaration<'table'> {
  return { kind: 'table', ...options }
}

/** A model folder. */
export function model(): OutputDeclaration<'model'> {
  return { kind: 'model' }
}

/** A folder with a report for people. */
export function report(): OutputDeclaration<'report'> {
  return { kind: 'report' }
}

/** A folder of anything; it may stay empty. */
export function files(): OutputDeclaration<'files'> {
  return { kind: 'files' }
}

/** A small JSON document. */
export function value(): OutputDeclaration<'value'> {
  return { kind: 'value' }
}

export type OutputDeclarations = Readonly<Record<string, OutputDeclaration>>

/** One handle for each declared output, typed by its kind. */
export type HandlesOf<Outputs extends OutputDeclarations> = {
  readonly [Name in keyof Outputs]: Handle<Outputs[Name]['kind']>
}
