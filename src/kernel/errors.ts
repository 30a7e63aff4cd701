/**
 * What kind of failure an error is. Each shell maps it in one table: the command line to an exit code, HTTP to a status.
 *
 * `check` a gate or check did not hold · `usage` wrong use or bad input · `not_found` · `conflict` ·
 * `unavailable` something outside did not answer · `unauthenticated` nobody knows who asks · `denied` who asks may not ·
 * `internal` our own fault · `interrupted` stopped by the user.
 */
export type ErrorKind =
  | 'check'
  | 'usage'
  | 'not_found'
  | 'conflict'
  | 'unavailable'
  | 'unauthenticated'
  | 'denied'
  | 'internal'
  | 'interrupted'

/** Where in the user's world it happened. Every part is optional and printed in this order. */
export interface ErrorPlace {
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly row?: number
  readonly field?: string
}

export interface ErrorFacts {
  /** Permanent and searchable: `module.what_happened`. */
  readonly code: string
  readonly kind: ErrorKind
  /** What happened, with the value, as one sentence. */
  readonly message: string
  /** What to do next, as one sentence. */
  readonly hint: string
  /** Why it matters, when that is not plain. */
  readonly why?: string
  readonly where?: ErrorPlace
  /** Facts for `--json`; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The base of every error that Baton throws on purpose. A module declares one small subclass per failure. */
export class BatonError extends Error {
  readonly code: string
  readonly kind: ErrorKind
  readonly hint: string
  readonly why: string | undefined
  readonly where: ErrorPlace | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.code = facts.code
    this.kind = facts.kind
    this.hint = facts.hint
    this.why = facts.why
    this.where = facts.where
    this.details = facts.details ?? {}
  }

  /** The facts for machines, without the stack and the cause. */
  toJSON(): Omit<ErrorFacts, 'cause'> {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      hint: this.hint,
      ...(this.why === undefined ? {} : { why: this.why }),
      ...(this.where === undefined ? {} : { where: this.where }),
      details: this.details,
    }
  }
}

/** A broken promise of our own code; never the user's fault. */
export class InternalError extends BatonError {
  constructor(message: string, cause?: unknown) {
    super({
      code: 'kernel.internal',
      kind: 'internal',
      message,
      hint: 'This is a fault in Baton. Run the command again with --debug and report what it prints.',
      cause,
    })
  }
}

/** The user or a caller asked to stop. */
export class InterruptedError extends BatonError {
  constructor(message = 'Stopped before the work was done.') {
    super({
      code: 'kernel.interrupted',
      kind: 'interrupted',
      message,
      hint: 'Run the same command again: it goes on where it stopped.',
    })
  }
}

/** Throws `InterruptedError` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason instanceof BatonError ? signal.reason : new InterruptedError()
}
