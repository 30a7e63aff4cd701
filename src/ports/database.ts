import type { Kysely } from 'kysely'

/** One step forward of the schema. Numbered, append-only, never edited after a release. */
export interface Migration {
  /** `tracking-0001-runs`: module, number, what. The whole name is the identity. */
  readonly name: string
  /** True when an older Baton must not open the database afterwards. */
  readonly breaking?: boolean
  /** Statements that both SQLite and PostgreSQL accept. */
  readonly statements: readonly string[]
}

/** A prepared statement for a hot path. Parameters are positional: `?` in SQLite; the caller knows the type of a row. */
export interface Statement {
  run(...parameters: readonly SqlValue[]): { changes: number }
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  all<T>(...parameters: readonly SqlValue[]): readonly T[]
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  get<T>(...parameters: readonly SqlValue[]): T | undefined
}

export type SqlValue = string | number | bigint | null | Uint8Array

/**
 * The relational store. Laws:
 * 1. A transaction is all or nothing, also under kill -9; a committed one survives a power cut.
 * 2. Writers of several processes wait for each other (busy retry) instead of failing.
 * 3. `migrate` applies what is missing, in order, once, even when many processes start together, and refuses a
 *    database that a newer, breaking version has changed.
 */
export interface Database extends AsyncDisposable {
  readonly dialect: 'sqlite' | 'postgres'
  /** A query builder over the module's own tables: `database.tables<TrackingTables>()`. */
  tables<Tables>(): Kysely<Tables>
  migrate(migrations: readonly Migration[]): Promise<void>
  transaction<Tables, T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T>
  /** Writes a consistent copy into a new SQLite file; a driver that cannot rejects with a usage error. */
  copyTo(file: string): Promise<void>
}
