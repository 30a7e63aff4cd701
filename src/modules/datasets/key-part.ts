import { digestValue } from '../../kernel/hash.ts'
import type { Json } from '../../kernel/json.ts'
import type { KeyPart } from '../pipelines/index.ts'

/** A part for a value that the key must name. */
export function valuePart(name: string, value: Json, detail: string): KeyPart {
  return { name, digest: digestValue(`${name}/1`, value), detail }
}
