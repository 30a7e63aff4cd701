import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

import { InternalError, throwIfAborted } from '../../kernel/errors.ts'
import type { FitInput, FitProgress } from './fit.ts'
import type { FitWorkerData } from './fit-worker.ts'
import type { FitResult } from './fitted-model.ts'

export interface FitInWorkerOptions {
  readonly onProgress?: (progress: FitProgress) => void
  readonly signal?: AbortSignal
}

type Message = { readonly progress: FitProgress } | { readonly result: FitResult }

const workerFile = new URL(`./fit-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** Fits a learner in a worker thread; the table's columns should be shared arrays, others are copied. */
export function fitInWorker(input: FitInput, options: FitInWorkerOptions = {}): Promise<FitResult> {
  const { signal, onProgress } = options
  throwIfAborted(signal)
  const stop = new Int32Array(new SharedArrayBuffer(4))
  // More than two threads wait for each other more than they help.
  const helpers = availableParallelism() > 1 ? 1 : 0
  const worker = new Worker(workerFile, { workerData: { input: { helpers, ...input }, stop } satisfies FitWorkerData })
  const abort = (): void => {
    Atomics.store(stop, 0, 1)
    void worker.terminate()
  }
  signal?.addEventListener('abort', abort, { once: true })
  return new Promise<FitResult>((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if ('progress' in message) onProgress?.(message.progress)
      else resolve(message.result)
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      try {
        throwIfAborted(signal)
        reject(new InternalError(`The training thread ended with code ${code} before it gave a model.`))
      } catch (error) {
        reject(error)
      }
    })
  }).finally(() => signal?.removeEventListener('abort', abort))
}
