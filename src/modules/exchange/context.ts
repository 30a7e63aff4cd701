import type { Clock } from '../../kernel/clock.ts'
import type { ArtifactStore } from '../../ports/artifact-store.ts'
import type { Database, Migration } from '../../ports/database.ts'
import type { RowSources } from '../../ports/row-source.ts'

/** What bringing in the records of other tools needs. */
export interface ExchangeContext {
  readonly database: Database
  readonly clock: Clock
  readonly artifacts: ArtifactStore
  readonly sources: RowSources
}

export interface ExchangeTables {
  /** What was brought from where: the memory that makes an import repeatable. */
  readonly imported_items: {
    /** `experiment`, `run`, `model` or `version`. */
    readonly kind: string
    /** The place of the source's store; empty for a run, whose id is one of a kind wherever its store lies. */
    readonly source: string
    readonly source_id: string
    readonly own_id: string
    /** The digest of the item as it was brought; empty while it is on its way. */
    readonly fingerprint: string
    readonly imported_ms: number
  }
}

/** The schema of exchange. */
export const exchangeMigrations: readonly Migration[] = [
  {
    name: 'exchange-0001-imported-items',
    statements: [
      `CREATE TABLE imported_items (
  kind text NOT NULL,
  source text NOT NULL,
  source_id text NOT NULL,
  own_id text NOT NULL,
  fingerprint text NOT NULL,
  imported_ms bigint NOT NULL,
  PRIMARY KEY (kind, source, source_id)
)`,
    ],
  },
]
