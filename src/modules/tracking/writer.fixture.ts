import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { captureEnvironment, finishRun, logMetrics, logParams, startRun, trackingMigrations } from './index.ts'

/** Writes runs from a process of its own. Arguments: the database, the number of runs, `hang` to never finish the last. */
const [file, count, mode] = process.argv.slice(2) as [string, string, string?]
await using database = openTestDatabase({ file })
await database.migrate(trackingMigrations)
const ctx = { database, clock: { now: () => new Date() } }
const environment = await captureEnvironment(import.meta.dirname, 'test')

for (let turn = 0; turn < Number(count); turn += 1) {
  const id = await startRun(ctx, { name: `${process.pid} ${turn}`, kind: 'run', environment })
  await logParams(ctx, id, { turn })
  for (let step = 0; step < 3; step += 1) await logMetrics(ctx, id, [{ key: 'loss', value: 1 / (step + 1), step }])
  if (mode === 'hang' && turn === Number(count) - 1) {
    process.send?.(id)
    setInterval(() => {}, 1000)
    await new Promise(() => {})
  }
  const model = { kind: 'value', digest: `sha256:${'0'.repeat(64)}`, value: turn } as const
  await finishRun(ctx, id, { status: 'FINISHED', outputs: { model }, metrics: { final: turn } })
  process.send?.(id)
}
process.disconnect?.()
