import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'

/** What the registry needs. */
export interface RegistryContext {
  readonly database: Database
  readonly clock: Clock
}
