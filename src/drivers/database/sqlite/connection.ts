import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'

import { retryWhileBusy } from './busy-retry.ts'
import { toDatabaseError } from './failures.ts'

export interface SqliteOptions {
  /** The database file; its folder is made when it is missing. `:memory:` gives a private one without a file. */
  readonly file: string
  /** How long a writer waits for writers of other processes; 60 s by default. */
  readonly busyTimeoutMs?: number
  /** Written beside each migration that this process applies. */
  readonly batonVersion?: string
}

interface CachedStatement {
  readonly statement: StatementSync
  readonly givesRows: boolean
}

const mostCachedStatements = 200

/** Opens the file and sets what the port's laws need. Each setting is per connection except the journal mode. */
async function openFile(options: Required<SqliteOptions>): Promise<DatabaseSync> {
  if (options.file !== ':memory:') mkdirSync(dirname(options.file), { recursive: true })
  const database = await retryWhileBusy(() => new DatabaseSync(options.file, { timeout: 0 }), options)
  try {
    // Readers and one writer at once. The switch needs the file alone for a moment, which SQLite's busy handler
    // does not cover, so many processes that start together have to retry it.
    await retryWhileBusy(() => database.exec('PRAGMA journal_mode = WAL'), options)
    // FULL fsyncs the log at every commit. NORMAL is quicker and never corrupts, but a power cut may take the last
    // commits with it, and the port promises that a committed transaction survives one.
    database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON')
    // MLflow's LIKE is case-sensitive, PostgreSQL's too.
    database.exec('PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000')
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** The one connection of a process. Statements are synchronous; only waiting for another process's lock is not. */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #options: Required<SqliteOptions>
  readonly #statements = new Map<string, CachedStatement>()

  private constructor(database: DatabaseSync, options: Required<SqliteOptions>) {
    this.#database = database
    this.#options = options
  }

  static async open(options: Required<SqliteOptions>): Promise<SqliteConnection> {
    try {
      return new SqliteConnection(await openFile(options), options)
    } catch (error) {
      throw toDatabaseError(error, options.file)
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters.map(toSqlValue)
    return await this.#attempt(() => {
      const { statement, givesRows } = this.#prepare(query.sql)
      if (givesRows) return { rows: statement.all(...parameters) as R[] }
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] }
    })
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const parameters = query.parameters.map(toSqlValue)
    // Not from the cache: a statement that is being iterated cannot be used a second time.
    const rows = await this.#attempt(() => this.#database.prepare(query.sql).iterate(...parameters))
    for (;;) {
      const chunk = await this.#attempt(() => takeRows<R>(rows, chunkSize))
      if (chunk.length === 0) return
      yield { rows: chunk }
    }
  }

  /** Runs one or more statements without parameters. */
  async execute(sql: string): Promise<void> {
    await this.#attempt(() => this.#database.exec(sql))
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  async #attempt<T>(work: () => T): Promise<T> {
    try {
      return await retryWhileBusy(work, this.#options)
    } catch (error) {
      throw toDatabaseError(error, this.#options.file)
    }
  }

  #prepare(sql: string): CachedStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) {
      this.#statements.delete(sql)
      this.#statements.set(sql, known)
      return known
    }
    const statement = this.#database.prepare(sql)
    const cached = { statement, givesRows: statement.columns().length > 0 }
    this.#statements.set(sql, cached)
    if (this.#statements.size > mostCachedStatements) {
      const oldest = this.#statements.keys().next().value
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    return cached
  }
}

function takeRows<R>(rows: Iterator<unknown>, most: number): R[] {
  const taken: R[] = []
  while (taken.length < most) {
    const { done, value } = rows.next()
    if (done === true) break
    taken.push(value as R)
  }
  return taken
}

function toSqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) return null
  if (typeof value === 'number' && Number.isNaN(value))
    throw new TypeError('NaN would become NULL; store it as a flag.')
  if (value instanceof Date) throw new TypeError('Store a time as milliseconds or ISO text, the same for every engine.')
  return value as SQLInputValue
}
