import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import {
  type DatabaseUnderTest,
  type ItemTables,
  type Law,
  itemMigrations,
  openUnderTest,
} from './conformance-subject.ts'

/** What a child process is asked to do; see conformance-child.ts. */
export interface ChildTask {
  readonly module: string
  readonly opener: string
  readonly options: object
  readonly task: 'migrate' | 'count' | 'insert' | 'pairs'
  readonly times: number
  readonly first: number
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const childFile = fileURLToPath(new URL(`conformance-child.${extension}`, import.meta.url))

function startChild(subject: DatabaseUnderTest, options: object, job: Pick<ChildTask, 'task' | 'times' | 'first'>) {
  const task: ChildTask = { module: subject.module, opener: subject.opener, options, ...job }
  return fork(childFile, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
}

async function succeed(child: ChildProcess): Promise<void> {
  let complaint = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    complaint += bytes.toString()
  })
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  assert.equal(exitCode, 0, complaint)
}

/** The laws that need several processes: waiting for each other, starting together, and dying in mid-write. */
export function processLaws(subject: DatabaseUnderTest): readonly Law[] {
  return [
    {
      name: 'migrates once when many processes start together',
      run: async () => {
        const options = await subject.fresh()
        const children = Array.from({ length: 6 }, () =>
          startChild(subject, options, { task: 'migrate', times: 1, first: 0 }),
        )
        await Promise.all(children.map(succeed))
        await using database = await openUnderTest(subject, options)
        assert.deepEqual(await database.tables<ItemTables>().selectFrom('item').selectAll().execute(), [])
      },
    },
    {
      name: 'lets writers of several processes wait for each other and loses no write',
      run: async () => {
        const options = await subject.fresh()
        await using database = await openUnderTest(subject, options)
        await database.migrate(itemMigrations(database.dialect))
        const tables = database.tables<ItemTables>()
        await tables.insertInto('item').values({ id: 0, label: 'counter', amount: 0, bytes: null }).execute()
        const jobs = [1, 2, 3, 4].map((first) =>
          succeed(
            startChild(subject, options, {
              task: first % 2 === 0 ? 'count' : 'insert',
              times: 60,
              first: first * 1_000,
            }),
          ),
        )
        await Promise.all(jobs)
        const { amount } = await tables
          .selectFrom('item')
          .select('amount')
          .where('id', '=', 0)
          .executeTakeFirstOrThrow()
        assert.equal(amount, 120)
        assert.equal((await tables.selectFrom('item').select('id').execute()).length, 1 + 120)
      },
    },
    {
      name: 'keeps every acknowledged transaction, and none by half, when a process is killed',
      run: async () => {
        const options = await subject.fresh()
        await using database = await openUnderTest(subject, options)
        await database.migrate(itemMigrations(database.dialect))
        for (let round = 0; round < 4; round += 1) {
          const first = (round + 1) * 1_000_000
          const child = startChild(subject, options, { task: 'pairs', times: 500_000, first })
          let acknowledged = -1
          const enough = 15 + Math.floor(Math.random() * 40)
          await new Promise<void>((resolve, reject) => {
            child.on('message', (id: number) => {
              acknowledged = id
              if (id >= first + 2 * enough) resolve()
            })
            child.on('exit', () => reject(new Error(`the writer ended by itself after ${acknowledged}`)))
          })
          child.removeAllListeners('exit')
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          await gone
          const rows = await database
            .tables<ItemTables>()
            .selectFrom('item')
            .select('id')
            .where('id', '>=', first)
            .orderBy('id')
            .execute()
          assert(rows.length % 2 === 0, 'half a transaction was kept')
          assert(rows.at(-1)!.id >= acknowledged + 1, `row ${acknowledged} was acknowledged and is gone`)
        }
      },
    },
  ]
}
