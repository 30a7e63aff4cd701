import { InvalidReferenceError } from './errors.ts'

/** What a reference asks for. Times are milliseconds since 1970-01-01 UTC. */
export type DatasetReference =
  | { readonly kind: 'latest'; readonly dataset: string }
  | { readonly kind: 'version'; readonly dataset: string; readonly version: number }
  /** The last commit at or before this time. */
  | { readonly kind: 'as-of'; readonly dataset: string; readonly atMs: number; readonly text: string }
  | { readonly kind: 'tag'; readonly dataset: string; readonly tag: string }

const datasetName = /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*$/
const tagName = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/
const day = /^(\d{4})-(\d{2})-(\d{2})$/
const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/

/** Refuses a name that could not be a folder of its own everywhere. */
export function assertDatasetName(name: string): void {
  if (!datasetName.test(name) || name.length > 120) {
    throw new InvalidReferenceError(name, 'a name is letters, digits, _, - and . and begins with a letter')
  }
}

export function assertTagName(dataset: string, tag: string): void {
  if (!tagName.test(tag)) {
    throw new InvalidReferenceError(
      `${dataset}@${tag}`,
      'a tag is letters, digits, _, - and . and begins with a letter',
    )
  }
}

/** The end of a day, UTC: a bare date means all of it. */
function endOfDay(reference: string, text: string): number {
  const [year, month, date] = day.exec(text)!.slice(1).map(Number) as [number, number, number]
  const start = Date.UTC(year, month - 1, date)
  const back = new Date(start)
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== date) {
    throw new InvalidReferenceError(reference, `${text} is no day of the calendar`)
  }
  return start + 86_400_000 - 1
}

function instantOf(reference: string, text: string): number {
  const iso = text.replace(' ', 'T')
  const atMs = Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso}Z`)
  if (Number.isNaN(atMs)) throw new InvalidReferenceError(reference, `${text} is no time`)
  endOfDay(reference, text.slice(0, 10))
  return atMs
}

/** Parses `name`, `name@3`, `name@2026-01-12`, a full ISO time (UTC unless it says otherwise) or `name@tag`. */
export function parseReference(reference: string): DatasetReference {
  const at = reference.indexOf('@')
  const dataset = at < 0 ? reference : reference.slice(0, at)
  assertDatasetName(dataset)
  if (at < 0) return { kind: 'latest', dataset }
  const wanted = reference.slice(at + 1)
  if (/^\d{1,15}$/.test(wanted)) return { kind: 'version', dataset, version: Number(wanted) }
  if (day.test(wanted)) return { kind: 'as-of', dataset, atMs: endOfDay(reference, wanted), text: wanted }
  if (instant.test(wanted)) return { kind: 'as-of', dataset, atMs: instantOf(reference, wanted), text: wanted }
  if (tagName.test(wanted)) return { kind: 'tag', dataset, tag: wanted }
  throw new InvalidReferenceError(reference, `${wanted === '' ? 'nothing' : wanted} is no version, time or tag`)
}
