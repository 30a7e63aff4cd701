import { BatonError, type ErrorPlace, throwIfAborted } from '../../../kernel/errors.ts'

/** A statement that DuckDB refused or could not finish. */
export class EngineError extends BatonError {
  /** DuckDB's own words, whole. */
  readonly engineMessage: string

  constructor(facts: ConstructorParameters<typeof BatonError>[0], engineMessage: string) {
    super(facts)
    this.engineMessage = engineMessage
  }
}

interface Family {
  readonly pattern: RegExp
  readonly code: string
  readonly kind: 'usage' | 'unavailable' | 'internal'
  readonly hint: string
}

const families: readonly Family[] = [
  {
    pattern: /No space left on device|ENOSPC|disk quota|max_temp_directory_size/i,
    code: 'engine.disk_full',
    kind: 'unavailable',
    hint: 'Free space on the disk that holds .baton, then run the same command again.',
  },
  {
    pattern: /^(Out of Memory Error|Failed to allocate)/i,
    code: 'engine.out_of_memory',
    kind: 'unavailable',
    hint: 'Raise the memory limit in baton.config.ts, or make the statement smaller: fewer columns, fewer groups at once.',
  },
  {
    pattern: /^Permission Error/i,
    code: 'engine.not_allowed',
    kind: 'usage',
    hint: 'SQL of a step may read its inputs only: declare the table as an input of the step.',
  },
  {
    pattern: /^(Parser|Binder|Catalog|Syntax) Error/i,
    code: 'engine.sql_invalid',
    kind: 'usage',
    hint: 'Correct the SQL at the place that is named.',
  },
  {
    pattern: /^(Conversion|Out of Range|Constraint|Invalid Input|Invalid Type|Mismatch Type|Not implemented)/i,
    code: 'engine.statement_failed',
    kind: 'usage',
    hint: 'A value does not fit the statement: look at the value that is named, and cast or filter it.',
  },
  {
    pattern: /^(IO|HTTP) Error/i,
    code: 'engine.io_failed',
    kind: 'unavailable',
    hint: 'Check that the file is there, whole and readable.',
  },
]

const unknownFamily: Family = {
  pattern: /^/,
  code: 'engine.failed',
  kind: 'internal',
  hint: 'This is a fault of the table engine or of Baton. Run again with --debug and report what it prints.',
}

/** The line and column that DuckDB points at, counted in the statement it was given. */
export function placeInStatement(engineMessage: string, sql: string): Pick<ErrorPlace, 'line' | 'column'> | undefined {
  const found = /^LINE (\d+): (.*)\n( *)\^/m.exec(engineMessage)
  if (!found) return undefined
  const line = Number(found[1])
  const caret = found[3]!.length - `LINE ${found[1]}: `.length
  const shown = found[2]!
  const cut = shown.startsWith('...') ? 3 : 0
  const snippet = shown.slice(cut).replace(/\.\.\.$/, '')
  const offset = (sql.split('\n')[line - 1] ?? '').indexOf(snippet)
  return offset < 0 || caret < cut ? { line } : { line, column: offset + caret - cut + 1 }
}

/** DuckDB's message without its advice list and its pointer, as one short text. */
export function headline(engineMessage: string): string {
  const [first = engineMessage] = engineMessage.split(/\n\n|\nLINE \d+:|\nPossible |\n\s+file = /)
  return first.replace(/\s+/g, ' ').trim()
}

/** Turns what DuckDB threw into an error of ours; an aborted signal wins over the interrupt that it caused. */
export function toEngineError(error: unknown, sql: string, signal?: AbortSignal): Error {
  if (signal?.aborted) {
    try {
      throwIfAborted(signal)
    } catch (reason) {
      return reason as Error
    }
  }
  if (error instanceof BatonError) return error
  const engineMessage = (error instanceof Error ? error.message : String(error)).trim()
  const family = families.find((family) => family.pattern.test(engineMessage)) ?? unknownFamily
  const where = placeInStatement(engineMessage, sql)
  return new EngineError(
    {
      code: family.code,
      kind: family.kind,
      message: headline(engineMessage),
      hint: family.hint,
      ...(where ? { where } : {}),
      cause: error,
    },
    engineMessage,
  )
}
