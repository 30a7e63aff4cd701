import { parentPort, workerData } from 'node:worker_threads'

import { fitLearner, type FitInput } from './fit.ts'

/** What the thread is started with; `stop[0]` becomes 1 when the work should end. */
export interface FitWorkerData {
  readonly input: FitInput
  readonly stop: Int32Array
}

const PROGRESS_EVERY_MS = 100

if (parentPort !== null) {
  const { input, stop } = workerData as FitWorkerData
  let last = 0
  const result = fitLearner(input, (progress) => {
    if (Atomics.load(stop, 0) === 1) throw new Error('stopped')
    const now = performance.now()
    if (now - last < PROGRESS_EVERY_MS) return
    last = now
    parentPort!.postMessage({ progress })
  })
  parentPort.postMessage({ result })
}
