/**
 * skl2onnx ends a classifier with `ZipMap`, which turns the probability matrix into a list of maps that
 * onnxruntime-node cannot hand over. This rewrites the file so that the matrix itself is the output.
 * Works on the protobuf wire format and copies everything else byte for byte. A file without ZipMap comes back as it is.
 */
export function withoutZipMap(file: Uint8Array): Uint8Array {
  if (!Buffer.from(file.buffer, file.byteOffset, file.byteLength).includes('ZipMap')) return file
  const model = readFields(file)
  const graphIndex = model.findIndex((field) => field.number === 7)
  if (graphIndex < 0) return file
  const graph = readFields(model[graphIndex]!.payload)
  const renamed = new Map<string, string>()
  const kept = graph.filter((field) => {
    if (field.number !== 1) return true
    const node = readFields(field.payload)
    if (textOf(node, 4) !== 'ZipMap') return true
    const [from, to] = [textOf(node, 1), textOf(node, 2)]
    if (from !== undefined && to !== undefined) renamed.set(to, from)
    return false
  })
  const mended = kept.map((field) => {
    if (field.number !== 12) return field
    const from = renamed.get(textOf(readFields(field.payload), 1) ?? '')
    return from === undefined ? field : lengthDelimited(12, floatMatrix(from))
  })
  return write(model.map((field, index) => (index === graphIndex ? lengthDelimited(7, write(mended)) : field)))
}

interface Field {
  readonly number: number
  /** Tag and value as they stand in the file. */
  readonly raw: Uint8Array
  /** The content of a length-delimited field; empty for others. */
  readonly payload: Uint8Array
}

function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = []
  for (let at = 0; at < bytes.length; ) {
    const start = at
    let tag: number
    ;[tag, at] = readVarint(bytes, at)
    let payload = new Uint8Array(0) as Uint8Array
    const wire = tag & 7
    if (wire === 0) [, at] = readVarint(bytes, at)
    else if (wire === 1) at += 8
    else if (wire === 5) at += 4
    else if (wire === 2) {
      let length: number
      ;[length, at] = readVarint(bytes, at)
      payload = bytes.subarray(at, at + length)
      at += length
    } else throw new TypeError(`wire type ${wire} is not protobuf`)
    fields.push({ number: Math.floor(tag / 8), raw: bytes.subarray(start, at), payload })
  }
  return fields
}

function readVarint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0
  let factor = 1
  for (let next = at; ; next++) {
    const byte = bytes[next]
    if (byte === undefined) throw new TypeError('the file ends within a number')
    value += (byte & 127) * factor
    factor *= 128
    if (byte < 128) return [value, next + 1]
  }
}

function textOf(fields: readonly Field[], number: number): string | undefined {
  const field = fields.find((candidate) => candidate.number === number)
  return field === undefined ? undefined : Buffer.from(field.payload).toString('utf8')
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}

function lengthDelimited(number: number, payload: Uint8Array): Field {
  const raw = Buffer.concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(payload.length)]), payload])
  return { number, raw, payload }
}

function write(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map((field) => field.raw))
}

/** ValueInfoProto of a float matrix [N, 2]. */
function floatMatrix(name: string): Uint8Array {
  const dimensions = [
    lengthDelimited(1, write([lengthDelimited(2, Buffer.from('N'))])),
    lengthDelimited(1, Uint8Array.from([8, 2])),
  ]
  const elementType: Field = { number: 1, raw: Uint8Array.from([8, 1]), payload: new Uint8Array(0) }
  const tensor = write([elementType, lengthDelimited(2, write(dimensions))])
  return write([lengthDelimited(1, Buffer.from(name)), lengthDelimited(2, write([lengthDelimited(1, tensor)]))])
}
