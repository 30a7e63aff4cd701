import { AsyncLocalStorage } from 'node:async_hooks'

import { CompiledQuery, type Kysely } from 'kysely'

import type { Database } from '../../ports/database.ts'
import { NestedTransactionError } from './errors.ts'

/** One transaction that waits for its turn. */
interface Write {
  readonly work: (tables: Kysely<unknown>) => Promise<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Enough to share the cost of a commit; few enough that none waits long for the others. */
const mostWrites = 256

const savepoint = CompiledQuery.raw('SAVEPOINT write_of_group')
const release = CompiledQuery.raw('RELEASE SAVEPOINT write_of_group')
const rollback = CompiledQuery.raw('ROLLBACK TO SAVEPOINT write_of_group')

/**
 * Transactions that are asked for at the same time share one commit, and with it one wait for the disk. To each it is
 * as if it were alone: it runs when no other does, its failure undoes its own work only, and it resolves after the
 * commit. When the commit fails, all of them fail.
 */
export function withGroupCommit(database: Database): Database {
  const inside = new AsyncLocalStorage<boolean>()
  let waiting: Write[] = []
  let scheduled = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, mostWrites)
      waiting = waiting.slice(mostWrites)
      await commitGroup(database, group)
    }
    scheduled = false
  }

  return {
    ...database,
    async transaction<Tables, T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
      if (inside.getStore() === true) throw new NestedTransactionError()
      return await new Promise<T>((resolve, reject) => {
        waiting.push({
          work: (tables) => inside.run(true, () => work(tables as Kysely<Tables>)),
          resolve: resolve as (result: unknown) => void,
          reject,
        })
        if (scheduled) return
        scheduled = true
        // After the input that has arrived by now: the requests in it form the group.
        setImmediate(() => void drain())
      })
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

async function commitGroup(database: Database, group: readonly Write[]): Promise<void> {
  const done: (() => void)[] = []
  const open = new Set(group)
  try {
    await database.transaction<unknown, void>(async (tables) => {
      for (const write of group) {
        const outcome = await (group.length === 1 ? write.work(tables) : runAlone(tables, write))
        if (outcome instanceof Failed) {
          open.delete(write)
          write.reject(outcome.error)
        } else done.push(() => write.resolve(outcome))
      }
    })
    for (const tell of done) tell()
  } catch (error) {
    for (const write of open) write.reject(error)
  }
}

class Failed {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** Runs one write so that its failure undoes nothing but its own work. */
async function runAlone(tables: Kysely<unknown>, write: Write): Promise<unknown> {
  await tables.executeQuery(savepoint)
  let outcome: unknown
  try {
    outcome = await write.work(tables)
  } catch (error) {
    // An engine that has ended the whole transaction, for want of space, knows no savepoint: then all have failed.
    await tables.executeQuery(rollback).catch(() => {
      throw error
    })
    outcome = new Failed(error)
  }
  await tables.executeQuery(release)
  return outcome
}
