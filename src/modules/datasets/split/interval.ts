import { SplitRefusedError } from '../errors.ts'

const duration = /^(\d+)\s*(second|minute|hour|day|week|month|quarter|year)s?$/i
const moment = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$/

/** A size of a part as the split needs it. */
export type Size =
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'duration'; readonly sql: string }
  | { readonly kind: 'from'; readonly at: string }

/** `30 days` as an SQL interval. */
export function intervalSql(what: string, text: string): string {
  const found = duration.exec(text.trim())
  if (found) return `INTERVAL '${found[1]} ${found[2]!.toLowerCase()}s'`
  throw new SplitRefusedError('split_size', `${what} is ${text}, which is no length of time.`, {
    kind: 'usage',
    hint: "Write it as '30 days', '1 month' or '12 hours'.",
  })
}

export function parseSize(what: string, size: number | string): Size {
  if (typeof size === 'number') {
    if (size > 0 && size < 1) return { kind: 'share', share: size }
    throw new SplitRefusedError('split_size', `${what} is ${size}; a share is between 0 and 1.`, {
      kind: 'usage',
      hint: 'Write 0.2 for a fifth of the rows.',
    })
  }
  if (moment.test(size)) return { kind: 'from', at: size.replace('T', ' ').replace('Z', '') }
  return { kind: 'duration', sql: intervalSql(what, size) }
}

/** The share of a part of a split that knows no time. */
export function shareOf(what: string, size: number | string): number {
  const parsed = parseSize(what, size)
  if (parsed.kind === 'share') return parsed.share
  throw new SplitRefusedError('split_size', `${what} is ${size}, but only a split by time has lengths of time.`, {
    kind: 'usage',
    hint: "Give a share such as 0.2, or split by time: by: time('column').",
  })
}
