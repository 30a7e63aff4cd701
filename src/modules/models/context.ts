import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'

/** What the registry needs. */
export interface RegistryContext {
  readonly database: Database
  readonly clock: Clock
  /**
   * Aliases, in lower case, that stand for a release: where a model has versions with a contract, only a version that
   * passed its gate may have one. Absent: `champion`.
   */
  readonly gatedAliases?: readonly string[]
}
