import { shortDigest } from '../../../kernel/hash.ts'
import type { KeyPart } from '../step-kind.ts'

/** How one part of a key differs from another time. */
export interface PartChange {
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before?: string
  readonly after?: string
}

/** Why a step runs. */
export type RunReason =
  | { readonly why: 'first_run' }
  | { readonly why: 'changed'; readonly changes: readonly PartChange[] }
  | { readonly why: 'forced' }
  | { readonly why: 'uncacheable'; readonly reasons: readonly string[] }
  /** The key is known, its outputs are no longer in the store. */
  | { readonly why: 'output_missing'; readonly outputs: readonly string[] }
  /** The key is that of the last good run, whose result was not kept. */
  | { readonly why: 'result_not_kept' }

/** The differences of two keys, part by part, in the order of their names. */
export function diffParts(before: readonly KeyPart[], after: readonly KeyPart[]): readonly PartChange[] {
  const old = new Map(before.map((part) => [part.name, part]))
  const now = new Map(after.map((part) => [part.name, part]))
  const names = [...new Set([...old.keys(), ...now.keys()])].toSorted()
  return names.flatMap((name): PartChange[] => {
    const was = old.get(name)
    const is = now.get(name)
    if (was === undefined) return [{ name, change: 'added', after: describePart(is!) }]
    if (is === undefined) return [{ name, change: 'removed', before: describePart(was) }]
    const isSame = 'digest' in was && 'digest' in is && was.digest === is.digest
    return isSame ? [] : [{ name, change: 'changed', ...describeBoth(was, is) }]
  })
}

function describePart(part: KeyPart): string {
  if ('uncacheable' in part) return part.uncacheable
  return part.detail ?? shortDigest(part.digest)
}

/** Two parts that read alike, as two contents of one file, are told apart by their digests; never two secrets. */
function describeBoth(was: KeyPart, is: KeyPart): { readonly before: string; readonly after: string } {
  const before = describePart(was)
  const after = describePart(is)
  if (before !== after || !('digest' in was) || !('digest' in is)) return { before, after }
  if (was.name.startsWith('env ')) return { before, after: 'another value' }
  return { before: `${before} (${shortDigest(was.digest)})`, after: `${after} (${shortDigest(is.digest)})` }
}

/** One change for a person: `param horizonDays: 30 → 60`, `code src/train.ts`. */
export function describeChange(change: PartChange): string {
  if (change.change === 'added') return `${change.name} is new`
  if (change.change === 'removed') return `${change.name} is gone`
  return change.name.startsWith('code ') ? change.name : `${change.name}: ${change.before} → ${change.after}`
}

/** A reason as half a sentence for a step's line. */
export function describeReason(reason: RunReason): string {
  switch (reason.why) {
    case 'first_run':
      return 'first run'
    case 'changed': {
      const shown = reason.changes.slice(0, 2).map(describeChange).join(', ')
      const more = reason.changes.length - 2
      return `changed: ${shown}${more > 0 ? ` and ${more} more` : ''}`
    }
    case 'forced':
      return 'forced'
    case 'uncacheable':
      return `always runs: ${reason.reasons.join('; ')}`
    case 'output_missing':
      return `output missing: ${reason.outputs.join(', ')}`
    case 'result_not_kept':
      return 'its last result was not kept'
  }
}
