import type { OutputKind } from '../graph.ts'

/** What the step host is told, beside the environment that every process step sees: the variable BATON_STEP_HOST. */
export interface HostRequest {
  /** The module to load. */
  readonly moduleUrl: string
  /** A file with the text of that module, when it is a function lifted out of its file. */
  readonly textFile?: string
  /** Where `import … from 'baton-ml'` leads: to the Baton that runs the step. */
  readonly doors: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, { readonly kind: OutputKind; readonly path: string }>>
  readonly outputs: Readonly<Record<string, { readonly kind: OutputKind; readonly path: string }>>
}

export const hostVariable = 'BATON_STEP_HOST'
