import type { ErrorKind } from '../kernel/errors.ts'

/** What the shell that called us learns from the exit code; documented in docs/cli.md. */
export const exitCodes = {
  check: 1,
  usage: 2,
  not_found: 3,
  conflict: 4,
  unavailable: 5,
  unauthenticated: 6,
  denied: 7,
  internal: 70,
  interrupted: 130,
} as const satisfies Record<ErrorKind, number>
