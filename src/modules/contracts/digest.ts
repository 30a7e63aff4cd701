import { type Digest, digestValue } from '../../kernel/hash.ts'
import type { DataContract } from './data-contract.ts'
import type { ModelContract } from './model-contract.ts'

/** The address of a contract's content: equal promises have equal digests, in whatever order they were written. */
export function contractDigest(contract: ModelContract | DataContract): Digest {
  return digestValue(`${contract.kind}/1`, contract)
}
