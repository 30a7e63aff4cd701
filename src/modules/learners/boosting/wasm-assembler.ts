/**
 * Turns a few functions in flat WebAssembly text into a module (WebAssembly Core Specification 2.0 with threads,
 * chapter 5, binary format). Only the instructions that our kernel uses are known.
 */
export interface WasmFunction {
  readonly name: string
  readonly parameters: readonly (readonly [name: string, type: ValueType])[]
  readonly locals: readonly (readonly [name: string, type: ValueType])[]
  readonly result?: ValueType
  /** Instructions and their operands, separated by blanks; `;;` begins a comment. */
  readonly body: string
}

export type ValueType = 'i32' | 'f32' | 'v128'

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b }

/** What follows an instruction's code: nothing, a local, a signed constant, a label, an address offset, a block type. */
type Operand = 'none' | 'local' | 'constant' | 'label' | 'memory' | 'block'

const instructions: Readonly<Record<string, readonly [code: readonly number[], operand: Operand]>> = {
  block: [[0x02], 'block'],
  loop: [[0x03], 'block'],
  end: [[0x0b], 'none'],
  br: [[0x0c], 'label'],
  br_if: [[0x0d], 'label'],
  'local.get': [[0x20], 'local'],
  'local.set': [[0x21], 'local'],
  'local.tee': [[0x22], 'local'],
  'i32.const': [[0x41], 'constant'],
  'i32.load': [[0x28], 'memory'],
  'i32.load8_u': [[0x2d], 'memory'],
  'i32.store': [[0x36], 'memory'],
  'i64.load': [[0x29], 'memory'],
  'i64.store': [[0x37], 'memory'],
  'f32.load': [[0x2a], 'memory'],
  'f32.store': [[0x38], 'memory'],
  'i32.lt_u': [[0x49], 'none'],
  'i32.ge_u': [[0x4f], 'none'],
  'i32.add': [[0x6a], 'none'],
  'i32.sub': [[0x6b], 'none'],
  'i32.and': [[0x71], 'none'],
  'i32.shl': [[0x74], 'none'],
  'i32.shr_u': [[0x76], 'none'],
  'f32.add': [[0x92], 'none'],
  'memory.copy': [[0xfc, 0x0a, 0x00, 0x00], 'none'],
  'v128.load': [[0xfd, 0x00], 'memory'],
  'v128.store': [[0xfd, 0x0b], 'memory'],
  'v128.load64_zero': [[0xfd, 0x5d], 'memory'],
  'f64x2.promote_low_f32x4': [[0xfd, 0x5f], 'none'],
  'f64x2.add': [[0xfd, 0xf0, 0x01], 'none'],
  'f64x2.sub': [[0xfd, 0xf1, 0x01], 'none'],
}

/** `\0asm`, version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]

/** Pages of 64 KiB that a module may address at most: 4 GiB. */
export const MOST_PAGES = 65_536

/** The bytes of a module that imports the shared memory `env.memory` and exports every function. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    0x60,
    ...vector(parameters.map(([, type]) => [valueTypes[type]])),
    ...vector(result === undefined ? [] : [[valueTypes[result]]]),
  ])
  const memory = [...text('env'), ...text('memory'), 0x02, 0x03, ...unsigned(1), ...unsigned(MOST_PAGES)]
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])
  return Uint8Array.from([
    ...HEADER,
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(exports)),
    ...section(10, vector(functions.map(code))),
  ])
}

function code(definition: WasmFunction): number[] {
  const names = new Map([...definition.parameters, ...definition.locals].map(([name], index) => [name, index]))
  const locals = vector(definition.locals.map(([, type]) => [1, valueTypes[type]]))
  const tokens = definition.body
    .replaceAll(/;;.*$/gm, ' ')
    .split(/\s+/)
    .filter((token) => token !== '')
  const bytes: number[] = []
  while (tokens.length > 0) bytes.push(...instruction(tokens, names))
  const body = [...locals, ...bytes, 0x0b]
  return [...unsigned(body.length), ...body]
}

function instruction(tokens: string[], names: ReadonlyMap<string, number>): number[] {
  const name = tokens.shift()!
  const known = instructions[name]
  if (known === undefined) throw new TypeError(`unknown instruction ${name}`)
  const [bytes, operand] = known
  switch (operand) {
    case 'none':
      return [...bytes]
    case 'block':
      return [...bytes, 0x40]
    case 'label':
      return [...bytes, ...unsigned(Number(tokens.shift()))]
    case 'constant':
      return [...bytes, ...signed(Number(tokens.shift()))]
    case 'memory': {
      const offset = tokens[0]?.startsWith('offset=') ? Number(tokens.shift()!.slice('offset='.length)) : 0
      return [...bytes, 0, ...unsigned(offset)]
    }
    case 'local': {
      const local = tokens.shift()!
      const index = names.get(local)
      if (index === undefined) throw new TypeError(`unknown local ${local}`)
      return [...bytes, ...unsigned(index)]
    }
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function text(value: string): number[] {
  const bytes = Buffer.from(value, 'utf8')
  return [...unsigned(bytes.length), ...bytes]
}

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return [...bytes, rest]
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f
    const last = (rest >> 7 === 0 && (low & 0x40) === 0) || (rest >> 7 === -1 && (low & 0x40) !== 0)
    bytes.push(last ? low : low | 0x80)
    if (last) return bytes
  }
}
