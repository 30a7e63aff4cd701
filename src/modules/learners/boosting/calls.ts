import { binNumericColumn } from './bins.ts'
import { deriveLogistic, deriveSquared } from './derive.ts'
import { createKernel, type SharedMemory } from './kernel.ts'

/**
 * A piece of work on the shared memory as numbers, so that any thread can do it. Which thread does it never changes
 * the result: pieces do not overlap, and what is summed is summed in the order of the pieces.
 */
export type Call =
  /** Learns the limits of a numeric column's bins, writes them to `limits` and the bins from `bytes` on; gives their number. */
  | readonly ['binColumn', feature: number, maxBins: number, seed: number, limits: number, bytes: number]
  | readonly ['accumulate', histogram: number, words: number, rows: number, start: number, end: number, pairs: number]
  | readonly ['gather', rows: number, start: number, end: number, pairs: number, target: number]
  | readonly ['partition', rows: number, spare: number, start: number, end: number, bins: number, flags: number]
  | readonly ['addScores', rows: number, start: number, end: number, scores: number, valueBits: number]
  | readonly [
      'deriveLogistic' | 'deriveSquared',
      target: number,
      weight: number,
      scores: number,
      pairs: number,
      start: number,
      end: number,
      sums: number,
    ]

export const callNames = [
  'binColumn',
  'accumulate',
  'gather',
  'partition',
  'addScores',
  'deriveLogistic',
  'deriveSquared',
] as const

/** Does a call given as the position in `callNames` and its arguments; gives the call's result, 0 without one. */
export type Perform = (name: number, args: Int32Array) => number

const bits = new Int32Array(1)
const float = new Float32Array(bits.buffer)

/** The bits of a float32 as an int32, to pass it as an argument. */
export function floatBits(value: number): number {
  float[0] = value
  return bits[0]!
}

/** The values of numeric features by their index; undefined for categorical ones. */
export type NumericColumns = readonly (Float32Array | undefined)[]

/** Prepares this thread to work on a memory. Arrays that calls read must have been allocated before. */
export function createPerformer(memory: SharedMemory, columns: NumericColumns): Perform {
  const kernel = createKernel(memory)
  const { buffer } = memory
  const views = { floats: new Float32Array(buffer), doubles: new Float64Array(buffer) }
  return (name, a) => {
    switch (callNames[name]) {
      case 'binColumn': {
        const values = columns[a[0]!]!
        const limits = new Float32Array(buffer, a[3]! >>> 0, 255)
        const bytes = new Uint8Array(buffer, a[4]! >>> 0, 4 * values.length - 3)
        return binNumericColumn(values, { maxBins: a[1]!, seed: a[2]! }, { limits, bytes })
      }
      case 'accumulate':
        kernel.accumulate(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!)
        return 0
      case 'gather':
        kernel.gather(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!)
        return 0
      case 'partition':
        return kernel.partition(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!)
      case 'addScores': {
        bits[0] = a[4]!
        kernel.addScores(a[0]!, a[1]!, a[2]!, a[3]!, float[0]!)
        return 0
      }
      case 'deriveLogistic':
        deriveLogistic(views, a)
        return 0
      case 'deriveSquared':
        deriveSquared(views, a)
        return 0
      case undefined:
      default:
        throw new RangeError(`no call ${name}`)
    }
  }
}
