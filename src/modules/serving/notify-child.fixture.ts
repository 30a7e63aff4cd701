import { openNotifyStore, type TableOutput } from './notify.fixture.ts'

/** The body of a process that is killed in mid-delivery: the folder, the address and the table as JSON. */
const [root, to, input] = process.argv.slice(2) as [string, string, string]
await using store = await openNotifyStore(root)
await store.notify(JSON.parse(input) as TableOutput, { when: 'score >= 0.5', to, key: 'id', batch: 10 })
process.disconnect?.()
