import { Worker } from 'node:worker_threads'

import { type Call, callNames, createPerformer, type NumericColumns, type Perform } from './calls.ts'
import type { SharedMemory } from './kernel.ts'

/** Places in the control array. Counters only grow: a call is taken by exactly one thread. */
export const CONTROL = { published: 0, taken: 1, finished: 2, closed: 3, length: 4 } as const
/** Int32 places of one call in the ring: name, 7 arguments, result. */
export const CALL_SIZE = 9
export const RING_CALLS = 4096

/** What a helper thread is started with. */
export interface TeamWorkerData {
  readonly memory: SharedMemory
  readonly columns: NumericColumns
  readonly control: Int32Array
  readonly ring: Int32Array
}

/** Threads that share the work of `run`; this thread works too, and does all of it when the others are busy elsewhere. */
export interface Team {
  /** Does independent calls in any order and gives their results in the order of the calls. */
  run(calls: readonly Call[]): readonly number[]
  close(): void
}

/** Starts `helpers` threads beside this one. All arrays that calls use must be allocated already. */
export function createTeam(memory: SharedMemory, columns: NumericColumns, helpers: number): Team {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL.length * 4))
  const ring = new Int32Array(new SharedArrayBuffer(RING_CALLS * CALL_SIZE * 4))
  const perform = createPerformer(memory, columns)
  const file = new URL(`./team-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  const workers = Array.from(
    { length: helpers },
    () => new Worker(file, { workerData: { memory, columns, control, ring } satisfies TeamWorkerData }),
  )
  for (const worker of workers) worker.unref()
  return {
    run(calls) {
      const results: number[] = []
      for (let first = 0; first < calls.length; first += RING_CALLS) {
        results.push(...runSome({ control, ring, perform }, calls.slice(first, first + RING_CALLS)))
      }
      return results
    },
    close() {
      Atomics.store(control, CONTROL.closed, 1)
      Atomics.notify(control, CONTROL.published)
    },
  }
}

interface Shared {
  readonly control: Int32Array
  readonly ring: Int32Array
  readonly perform: Perform
}

function runSome(shared: Shared, calls: readonly Call[]): number[] {
  const { control, ring } = shared
  const before = Atomics.load(control, CONTROL.published)
  calls.forEach(([name, ...args], index) => {
    const at = ((before + index) % RING_CALLS) * CALL_SIZE
    ring[at] = callNames.indexOf(name)
    for (let i = 0; i < args.length; i++) ring[at + 1 + i] = args[i]!
  })
  const all = before + calls.length
  Atomics.store(control, CONTROL.published, all)
  Atomics.notify(control, CONTROL.published)
  while (takeOne(shared));
  for (let spins = 0; ; spins++) {
    const finished = Atomics.load(control, CONTROL.finished)
    if (finished === all) break
    if (spins > 2000) Atomics.wait(control, CONTROL.finished, finished, 10)
  }
  return calls.map((_, index) => ring[((before + index) % RING_CALLS) * CALL_SIZE + CALL_SIZE - 1]!)
}

/** Takes one published call and does it; false when there is none. */
export function takeOne({ control, ring, perform }: Shared): boolean {
  for (;;) {
    const ticket = Atomics.load(control, CONTROL.taken)
    if (ticket >= Atomics.load(control, CONTROL.published)) return false
    if (Atomics.compareExchange(control, CONTROL.taken, ticket, ticket + 1) !== ticket) continue
    const at = (ticket % RING_CALLS) * CALL_SIZE
    ring[at + CALL_SIZE - 1] = perform(ring[at]!, ring.subarray(at + 1, at + CALL_SIZE - 1))
    Atomics.add(control, CONTROL.finished, 1)
    Atomics.notify(control, CONTROL.finished)
    return true
  }
}
