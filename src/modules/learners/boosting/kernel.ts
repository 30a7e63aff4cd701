import { assemble, MOST_PAGES, type WasmFunction } from './wasm-assembler.ts'

/**
 * The inner loops of boosting on a shared memory; every argument is a byte address unless said otherwise.
 * WebAssembly, because V8's bounds checks made the histogram loop 2.5 times slower (measured, Node 24).
 */
export interface Kernel {
  /**
   * Adds rows[start … end) (row numbers, int32) to one group's histogram: 4 features × 256 bins × (gradient, hessian)
   * in float64. `words` holds four bins a row; `pairs` a float32 (gradient, hessian) for each position in `rows`.
   */
  accumulate(histogram: number, words: number, rows: number, start: number, end: number, pairs: number): void
  /** Copies the pairs of rows[start … end) into the same positions of `target`. */
  gather(rows: number, start: number, end: number, pairs: number, target: number): void
  /** target −= other, both of `length` bytes (a multiple of 16) of float64. */
  subtract(target: number, other: number, length: number): void
  /**
   * Moves the rows whose bin has a 1 in `flags` (256 bytes) to the front of rows[start … end), both sides in their
   * order; gives the position of the first right one. `bins` is the address of the feature's byte in word 0.
   */
  partition(rows: number, spare: number, start: number, end: number, bins: number, flags: number): number
  /** Adds `value` to the float32 score of rows[start … end). */
  addScores(rows: number, start: number, end: number, scores: number, value: number): void
}

/** One feature of a group: the bin's byte is moved to bits 4 … 11, which is 16 bytes a bin. */
function addFeature(slot: number): string {
  const shift =
    slot === 0 ? 'i32.const 4 i32.shl' : slot === 1 ? 'i32.const 4 i32.shr_u' : `i32.const ${8 * slot - 4} i32.shr_u`
  return `
    local.get word ${shift} i32.const 4080 i32.and local.get histogram i32.add local.tee at
    local.get at v128.load offset=${slot * 4096} local.get pair f64x2.add
    v128.store offset=${slot * 4096}`
}

const pointers = (...names: readonly string[]): readonly (readonly [string, 'i32'])[] =>
  names.map((name) => [name, 'i32'])

/** Address of entry `index` of an int32 array. */
const entry = (array: string, index: string): string =>
  `local.get ${array} local.get ${index} i32.const 2 i32.shl i32.add`

/** Runs `body` for i = start … end − 1. */
const forEachPosition = (body: string): string => `
  block
    local.get start local.get end i32.ge_u br_if 0
    loop
      ${body}
      local.get start i32.const 1 i32.add local.tee start
      local.get end i32.lt_u br_if 0
    end
  end`

const functions: readonly WasmFunction[] = [
  {
    name: 'accumulate',
    parameters: pointers('histogram', 'words', 'rows', 'start', 'end', 'pairs'),
    locals: [
      ['word', 'i32'],
      ['at', 'i32'],
      ['pair', 'v128'],
    ],
    body: forEachPosition(`
      ${entry('rows', 'start')} i32.load i32.const 2 i32.shl local.get words i32.add i32.load local.set word
      local.get start i32.const 3 i32.shl local.get pairs i32.add v128.load64_zero f64x2.promote_low_f32x4 local.set pair
      ${addFeature(0)} ${addFeature(1)} ${addFeature(2)} ${addFeature(3)}`),
  },
  {
    name: 'gather',
    parameters: pointers('rows', 'start', 'end', 'pairs', 'target'),
    locals: [],
    body: forEachPosition(`
      local.get target local.get start i32.const 3 i32.shl i32.add
      ${entry('rows', 'start')} i32.load i32.const 3 i32.shl local.get pairs i32.add i64.load
      i64.store`),
  },
  {
    name: 'subtract',
    parameters: pointers('target', 'other', 'length'),
    locals: [['last', 'i32']],
    body: `
      local.get target local.get length i32.add local.set last
      loop
        local.get target local.get target v128.load local.get other v128.load f64x2.sub v128.store
        local.get other i32.const 16 i32.add local.set other
        local.get target i32.const 16 i32.add local.tee target
        local.get last i32.lt_u br_if 0
      end`,
  },
  {
    name: 'partition',
    parameters: pointers('rows', 'spare', 'start', 'end', 'bins', 'flags'),
    locals: [
      ['row', 'i32'],
      ['flag', 'i32'],
      ['left', 'i32'],
      ['right', 'i32'],
    ],
    result: 'i32',
    // Both sides are written every time and only one position moves on, so that nothing has to be predicted.
    body: `
      local.get start local.set left
      ${forEachPosition(`
        ${entry('rows', 'start')} i32.load local.set row
        local.get row i32.const 2 i32.shl local.get bins i32.add i32.load8_u local.get flags i32.add i32.load8_u local.set flag
        ${entry('rows', 'left')} local.get row i32.store
        ${entry('spare', 'right')} local.get row i32.store
        local.get left local.get flag i32.add local.set left
        local.get right i32.const 1 i32.add local.get flag i32.sub local.set right`)}
      ${entry('rows', 'left')} local.get spare local.get right i32.const 2 i32.shl memory.copy
      local.get left`,
  },
  {
    name: 'addScores',
    parameters: [...pointers('rows', 'start', 'end', 'scores'), ['value', 'f32']],
    locals: [['at', 'i32']],
    body: forEachPosition(`
      ${entry('rows', 'start')} i32.load i32.const 2 i32.shl local.get scores i32.add local.tee at
      local.get at f32.load local.get value f32.add
      f32.store`),
  },
]

/** A shared WebAssembly memory; growing it moves nothing. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  /** Adds pages of 64 KiB. */
  grow(pages: number): number
}

// TypeScript declares WebAssembly with the browser's library only; this is the part that is used here.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory
}

/** A memory of at least one page that can grow to 4 GiB. */
export function createSharedMemory(): SharedMemory {
  return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true })
}

/** Compiles the kernel for a shared memory. */
export function createKernel(memory: SharedMemory): Kernel {
  const module = new WebAssembly.Module(assemble(functions))
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernel
}
