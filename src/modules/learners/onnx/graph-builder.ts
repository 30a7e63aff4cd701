import { ATTRIBUTE, ELEMENT, encodeModel } from './onnx-schema.ts'

export const ML_DOMAIN = 'ai.onnx.ml'
const OPSET = 17
const ML_OPSET = 3
/** The IR version that came with opset 17; every runtime since ONNX 1.12 reads it. */
const IR_VERSION = 8

export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: ArrayLike<number> }
  | { readonly floats: ArrayLike<number> }
  | { readonly strings: readonly string[] }

/** Names a value that flows through the graph. */
export type Edge = string

/** Collects an ONNX graph node by node; a value's name is given back by what makes it. */
export class GraphBuilder {
  readonly #nodes: object[] = []
  readonly #initializers: object[] = []
  readonly #inputs: object[] = []
  readonly #columns = new Map<string, Edge>()
  #counter = 0

  /** A raw column of the model: a vector of one value per row, as an [N, 1] matrix inside the graph. */
  column(name: string, type: 'float' | 'string'): Edge {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    this.#inputs.push(valueInfo(name, ELEMENT[type]))
    const edge = this.node('Reshape', [name, this.ints([-1, 1])])
    this.#columns.set(name, edge)
    return edge
  }

  node(
    opType: string,
    inputs: readonly Edge[],
    options: {
      readonly attributes?: Readonly<Record<string, AttributeValue>>
      readonly domain?: string
      readonly output?: Edge
    } = {},
  ): Edge {
    const output = options.output ?? `${opType.toLowerCase()}_${this.#counter++}`
    this.#nodes.push({
      opType,
      name: `node_${output}`,
      input: inputs,
      output: [output],
      domain: options.domain ?? '',
      attribute: Object.entries(options.attributes ?? {}).map(([name, value]) => attribute(name, value)),
    })
    return output
  }

  floats(values: ArrayLike<number>, dims: readonly number[] = [values.length]): Edge {
    const raw = new Uint8Array(Float32Array.from(values).buffer)
    return this.#initializer(raw, ELEMENT.float, dims)
  }

  ints(values: readonly number[], dims: readonly number[] = [values.length]): Edge {
    return this.#initializer(new Uint8Array(BigInt64Array.from(values, BigInt).buffer), ELEMENT.int64, dims)
  }

  #initializer(rawData: Uint8Array, dataType: number, dims: readonly number[]): Edge {
    const name = `constant_${this.#counter++}`
    this.#initializers.push({ name, dataType, dims, rawData })
    return name
  }

  /** The finished model file; `output` must name an [N] or [N, 1] float value. */
  toBytes(
    output: Edge,
    facts: { readonly version: string; readonly metadata: Readonly<Record<string, string>> },
  ): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'baton',
      producerVersion: facts.version,
      opsetImport: [
        { domain: '', version: OPSET },
        { domain: ML_DOMAIN, version: ML_OPSET },
      ],
      metadataProps: Object.entries(facts.metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'baton',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: [valueInfo(output, ELEMENT.float)],
      },
    })
  }
}

function valueInfo(name: string, elemType: number): object {
  return { name, type: { tensorType: { elemType, shape: { dim: [{ dimParam: 'N' }] } } } }
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')

function attribute(name: string, value: AttributeValue): object {
  if ('int' in value) return { name, type: ATTRIBUTE.int, i: value.int }
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float }
  if ('string' in value) return { name, type: ATTRIBUTE.string, s: utf8(value.string) }
  if ('ints' in value) return { name, type: ATTRIBUTE.ints, ints: Array.from(value.ints) }
  if ('floats' in value) return { name, type: ATTRIBUTE.floats, floats: Array.from(value.floats) }
  return { name, type: ATTRIBUTE.strings, strings: value.strings.map(utf8) }
}
