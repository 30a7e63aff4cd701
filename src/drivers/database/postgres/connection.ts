import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import type { PoolClient, QueryResult as ClientResult } from 'pg'
import Cursor from 'pg-cursor'

import { InternalError } from '../../../kernel/errors.ts'
import { lockTimeoutMs, toDatabaseError } from './failures.ts'
import { toParameter, valueTypes } from './values.ts'

/**
 * Baton's writers run one after another, in all processes, as they do on SQLite: what a transaction has read stays true
 * until it ends, none is turned away half-way, and two never wait for each other. The lock is the project's own: one
 * schema of one database. It goes with the transaction, so that a process that dies leaves none behind.
 */
const beginWriting = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SET LOCAL lock_timeout = ${lockTimeoutMs};
SELECT pg_advisory_xact_lock(1649571950, hashtext(current_schema()))`

const changing = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode', 'MergeQueryNode'])
const counting = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** One connection of the pool, for as long as Kysely holds it. */
export class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient
  readonly #place: string
  #writing = false
  /** Whether the connection is in a state that nobody else may be given. */
  #spoiled = false

  constructor(client: PoolClient, place: string) {
    this.#client = client
    this.#place = place
  }

  async begin(): Promise<void> {
    await this.#attempt(() => this.#client.query(beginWriting))
    this.#writing = true
  }

  async commit(): Promise<void> {
    const { command } = await this.#attempt(() => this.#client.query('COMMIT'))
    this.#writing = false
    // After a statement that has failed, COMMIT undoes everything and reports no error.
    if (command !== 'COMMIT') {
      throw new InternalError('A transaction went on after one of its statements had failed; all of it was undone.')
    }
  }

  async rollback(): Promise<void> {
    this.#writing = false
    // The connection may be gone, and the transaction with it; then the first error is the one to show.
    await this.#client.query('ROLLBACK').catch(() => {
      this.#spoiled = true
    })
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#writing || !changing.has(query.query.kind)) return await this.#run<R>(query)
    try {
      await this.begin()
      const result = await this.#run<R>(query)
      await this.commit()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    const cursor = this.#client.query(
      new Cursor<R>(query.sql, query.parameters.map(toParameter), { types: valueTypes }),
    )
    try {
      for (;;) {
        const rows = await this.#attempt(() => cursor.read(chunkSize))
        if (rows.length === 0) return
        yield { rows }
      }
    } finally {
      await cursor.close()
    }
  }

  release(): void {
    this.#client.release(this.#spoiled)
  }

  async #run<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const parameters = query.parameters.map(toParameter)
    const { command, rowCount, rows } = await this.#attempt(
      async (): Promise<ClientResult> => await this.#client.query(query.sql, parameters),
    )
    if (!counting.has(command)) return { rows: rows as R[] }
    return { numAffectedRows: BigInt(rowCount ?? 0), rows: rows as R[] }
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw toDatabaseError(error, this.#place)
    }
  }
}
