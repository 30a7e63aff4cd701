import { itemMigrations, openUnderTest, type ItemTables } from './conformance-subject.ts'
import type { ChildTask } from './conformance-processes.ts'

/** The body of a process that the laws start; its last argument is a ChildTask as JSON. */
const task = JSON.parse(process.argv.at(-1)!) as ChildTask
const subject = { ...task, fresh: async () => ({}) }
await using database = await openUnderTest(subject, task.options)
const item = (id: number): ItemTables['item'] => ({ id, label: `item ${id}`, amount: null, bytes: null })

if (task.task === 'migrate') await database.migrate(itemMigrations(database.dialect))

if (task.task === 'count') {
  for (let turn = 0; turn < task.times; turn += 1) {
    await database.transaction<ItemTables, void>(async (tables) => {
      const query = tables.selectFrom('item').select('amount').where('id', '=', 0)
      const { amount } = await (database.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirstOrThrow()
      await tables
        .updateTable('item')
        .set({ amount: (amount ?? 0) + 1 })
        .where('id', '=', 0)
        .execute()
    })
  }
}

if (task.task === 'insert') {
  const tables = database.tables<ItemTables>()
  for (let turn = 0; turn < task.times; turn += 1)
    await tables
      .insertInto('item')
      .values(item(task.first + turn))
      .execute()
}

if (task.task === 'pairs') {
  for (let turn = 0; turn < task.times; turn += 1) {
    const id = task.first + 2 * turn
    await database.transaction<ItemTables, void>(async (tables) => {
      await tables.insertInto('item').values(item(id)).execute()
      await tables
        .insertInto('item')
        .values(item(id + 1))
        .execute()
    })
    process.send!(id)
  }
}

process.disconnect?.()
