import type { Digest } from '../../kernel/hash.ts'
import type { Json } from '../../kernel/json.ts'

/** What flows along an edge. `table` is a dataset version, `value` a small JSON document, the others are folders of bytes. */
export type OutputKind = 'table' | 'model' | 'report' | 'files' | 'value'

/** A typed edge: the output of a step, given to another step as its input. */
export interface Handle<Kind extends OutputKind = OutputKind> {
  readonly kind: Kind
  readonly step: string
  readonly output: string
}

/** A value that is read from the environment when a step runs; its content is never written to a record. */
export interface EnvReference {
  readonly env: string
  readonly default?: string
}

/** Where a step's own code is; its file and every first-party file that it imports belong to the cache key. */
export type CodeReference =
  /** A TypeScript module whose default export is the step; path relative to the project. */
  | { readonly language: 'typescript'; readonly file: string }
  /** A function written in the pipeline file itself. */
  | { readonly language: 'inline'; readonly file: string; readonly source: string }
  | { readonly language: 'python'; readonly file: string; readonly args: readonly string[] }
  | { readonly language: 'shell'; readonly command: string }

/** One node of the graph: data only, so that it can be printed, hashed and sent elsewhere. */
export interface StepNode {
  readonly name: string
  /** Which implementation runs it: `ingest`, `sql`, `split`, `train`, `evaluate`, `register`, `process`, … */
  readonly kind: string
  readonly inputs: Readonly<Record<string, Handle>>
  readonly outputs: Readonly<Record<string, OutputKind>>
  /** What the step was asked to do, complete: part of the cache key as the step's interface. */
  readonly options: Json
  readonly code?: CodeReference
  /** Pipeline parameters that the step may read; absent: all of them. */
  readonly params?: readonly string[]
  readonly retries: number
  readonly timeoutMs?: number
  /** False: always runs (`cache: false` by the user). */
  readonly cached: boolean
}

/** What a step's output was, by content. */
export type OutputRef =
  | {
      readonly kind: 'table'
      readonly dataset: string
      readonly version: number
      readonly digest: Digest
      readonly rows: number
    }
  | {
      readonly kind: 'model' | 'report' | 'files'
      /** Address of the folder's tree in the blob store. */
      readonly digest: Digest
      readonly sizeBytes: number
      readonly files: number
    }
  | { readonly kind: 'value'; readonly digest: Digest; readonly value: Json }

/** A checked graph in an order in which every step comes after what it reads. */
export interface Graph {
  readonly pipeline: string
  /** The pipeline's file, relative to the project. */
  readonly file: string
  readonly params: Readonly<Record<string, Json>>
  readonly steps: readonly StepNode[]
}

/** What the `declare…` functions of the modules add their steps to. */
export interface StepScope {
  readonly params: Readonly<Record<string, Json>>
  /** The pipeline's file, relative to the project; the place of inline functions. */
  readonly file: string
  /** Adds a node; refuses a second one of the same name and an input that no earlier step makes. */
  add(node: StepNode): void
}

/** Options that every step takes. */
export interface CommonStepOptions {
  /** How often a failed step is tried again; 0 by default. */
  readonly retries?: number
  readonly timeoutMs?: number
  /** False: run every time. */
  readonly cache?: boolean
}
