import { workerData } from 'node:worker_threads'

import { createPerformer } from './calls.ts'
import { CONTROL, takeOne, type TeamWorkerData } from './team.ts'

const SPINS = 20_000

const { memory, columns, control, ring } = workerData as TeamWorkerData
const shared = { control, ring, perform: createPerformer(memory, columns) }
while (Atomics.load(control, CONTROL.closed) === 0) {
  const published = Atomics.load(control, CONTROL.published)
  while (takeOne(shared));
  // The next work usually comes within microseconds; sleeping and waking costs more than looking again for a while.
  let spins = 0
  while (spins < SPINS && Atomics.load(control, CONTROL.published) === published) spins++
  if (spins === SPINS) Atomics.wait(control, CONTROL.published, published, 1000)
}
