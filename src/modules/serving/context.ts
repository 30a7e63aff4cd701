import type { FolderStore } from '../../ports/folder-store.ts'
import type { ModelRuntime } from '../../ports/model-runtime.ts'
import type { TableEngine, TableSession } from '../../ports/table-engine.ts'
import type { RegistryContext } from '../models/index.ts'

/** What is to be scored, as a relation of a session. */
export interface InputRelation {
  /** For a FROM clause. */
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly sqlType: string }[]
  /** For messages: the path or `dataset@version`. */
  readonly label: string
  /** Makes an error of the engine name the file and line; other errors come back as they are. */
  readonly toError?: (error: unknown) => unknown
}

/** Opens a file path or a dataset reference (`customers@3`) in a session. */
export type OpenInput = (
  session: TableSession,
  reference: string,
  options: { readonly signal?: AbortSignal },
) => Promise<InputRelation>

/** What predicting needs. */
export interface PredictContext extends RegistryContext {
  readonly engine: TableEngine
  readonly runtime: ModelRuntime
  readonly folders: FolderStore
  /** For work files as large as the input: `.baton/tmp`. */
  readonly temporaryFolder: string
  /** The engine's memory budget; 512 MB by default. */
  readonly memoryLimitMb?: number
}
