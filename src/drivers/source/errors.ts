import { BatonError } from '../../kernel/errors.ts'

type Facts = ConstructorParameters<typeof BatonError>[0]

/** A database that rows could not be read from. */
export class RowSourceError extends BatonError {
  // oxlint-disable-next-line no-useless-constructor -- it narrows the codes
  constructor(facts: Omit<Facts, 'code'> & { readonly code: `source.${string}` }) {
    super(facts)
  }
}

/** The query of a source, as SQL; `quote` writes one name. */
export function wrongQuery(): RowSourceError {
  return new RowSourceError({
    code: 'source.no_query',
    kind: 'usage',
    message: 'The source is a database, and neither a table nor a query is named.',
    hint: "Name one of them at the ingest step: table: 'invoices', or query: 'SELECT …'.",
  })
}
