import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { createPasswordChecks, type PasswordChecks } from './password-checks.ts'
import type { Principal } from './principal.ts'

/** What access needs. */
export interface AccessContext {
  readonly database: Database
  readonly clock: Clock
  /** The project that is served: grants are for one project, or for all. */
  readonly project: string
  readonly passwords: PasswordChecks
  /** Who had which token a moment ago, by its hash; see authenticate.ts. */
  readonly knownTokens: Map<string, { readonly user: Principal; readonly untilMs: number }>
}

/** Makes the context; it remembers who signed in with a password. */
export function createAccessContext(parts: Omit<AccessContext, 'passwords' | 'knownTokens'>): AccessContext {
  return {
    ...parts,
    passwords: createPasswordChecks(() => parts.clock.now().getTime()),
    knownTokens: new Map(),
  }
}
