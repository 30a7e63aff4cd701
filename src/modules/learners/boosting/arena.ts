import { TableTooLargeError } from '../errors.ts'
import { createSharedMemory, type SharedMemory } from './kernel.ts'
import { MOST_PAGES } from './wasm-assembler.ts'

const PAGE = 65_536

/** Hands out parts of one shared memory; nothing is given back before the whole is dropped. */
export class Arena {
  readonly memory: SharedMemory = createSharedMemory()
  // Address 0 stays free, so that it can mean "none".
  #next = 16

  /** The address of `sizeBytes` zeroed bytes, a multiple of 16. */
  allocate(sizeBytes: number): number {
    const address = this.#next
    this.#next = address + Math.ceil(sizeBytes / 16) * 16
    const missing = Math.ceil(this.#next / PAGE) - this.memory.buffer.byteLength / PAGE
    if (this.#next > MOST_PAGES * PAGE) throw new TableTooLargeError(this.#next)
    if (missing > 0) this.memory.grow(missing)
    return address
  }
}
