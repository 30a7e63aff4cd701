import { systemClock } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import { promote } from './promote.ts'
import { registerModel } from './register.ts'
import { registration } from './registry.fixture.ts'

/** The body of a second process: a driver's module, `register` or `promote`, a file, a name and a number of times. */
const [driver, task, file, who, times] = process.argv.slice(2) as [string, string, string, string, string]
const { openTestDatabase } = (await import(driver)) as { openTestDatabase: (options: { file: string }) => Database }
await using database = openTestDatabase({ file })
const ctx = { database, clock: systemClock }
for (let turn = 0; turn < Number(times); turn += 1) {
  if (task === 'register') await registerModel(ctx, registration(`${who} ${turn}`))
  // Every process registers the very same models.
  else if (task === 'same') await registerModel(ctx, registration(`same ${turn}`))
  else await promote(ctx, `churn@${1 + ((turn + Number(who)) % 3)}`, 'champion', { who, why: `turn ${turn}` })
}
process.disconnect?.()
