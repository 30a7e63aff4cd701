import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createTestBelt } from './belt.fixture.ts'
import { csv, declareIngest } from './declare.ts'

// A process of its own that appends rows again and again: `node writer.fixture.ts ROOT NAME COUNT`.
const [, , root = '', name = '', count = '0'] = process.argv
await using belt = createTestBelt({ root })
for (let index = 0; index < Number(count); index++) {
  const file = `${name}-${index}.csv`
  writeFileSync(join(root, file), `writer,number\n${name},${index}\n`)
  await belt.run((scope) => declareIngest(scope, 'events', { from: csv(file), mode: 'append' }))
  process.stdout.write(`${index}\n`)
}
