/** Splits CSV text into records; a last record that the text cuts off is left out unless `whole` is set. */
export function parseRecords(
  text: string,
  options: { readonly delimiter: string; readonly quote: string; readonly whole: boolean; readonly limit: number },
): readonly (readonly string[])[] {
  const { delimiter, quote, whole, limit } = options
  const records: string[][] = []
  let record: string[] = []
  let field = ''
  let quoted = false
  let started = false
  const endRecord = () => {
    record.push(field)
    records.push(record)
    record = []
    field = ''
    started = false
  }
  for (let at = 0; at < text.length && records.length < limit; at++) {
    const character = text[at]!
    if (quoted) {
      if (character !== quote) field += character
      else if (text[at + 1] === quote) field += text[++at]
      else quoted = false
    } else if (character === quote && field === '') {
      quoted = true
      started = true
    } else if (character === delimiter) {
      record.push(field)
      field = ''
      started = true
    } else if (character === '\n') {
      if (started || field !== '' || record.length > 0) endRecord()
    } else if (character !== '\r') {
      field += character
    }
  }
  if (whole && records.length < limit && (started || field !== '' || record.length > 0)) endRecord()
  return records
}

const candidates = [',', ';', '\t', '|'] as const

/** How often the most frequent width occurs, and which it is. */
function commonWidth(records: readonly (readonly string[])[]): { readonly width: number; readonly share: number } {
  const counts = new Map<number, number>()
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1)
  let best = { width: 1, share: 0 }
  for (const [width, count] of counts) {
    const share = count / records.length
    if (share > best.share || (share === best.share && width > best.width)) best = { width, share }
  }
  return best
}

/** The delimiter under which most records have the same width of more than one; a comma when nothing does. */
export function detectDelimiter(text: string, options: { readonly quote: string; readonly whole: boolean }): string {
  let best = { delimiter: ',', share: 0, width: 1 }
  for (const delimiter of candidates) {
    const records = parseRecords(text, { ...options, delimiter, limit: 200 })
    if (records.length === 0) continue
    const { width, share } = commonWidth(records)
    if (width < 2) continue
    if (share > best.share + 1e-9 || (Math.abs(share - best.share) < 1e-9 && width > best.width)) {
      best = { delimiter, share, width }
    }
  }
  return best.delimiter
}

export { commonWidth }
