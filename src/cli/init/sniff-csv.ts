import { type CsvRecord, parseRecords } from './csv-records.ts'

/** How a CSV file is to be read, with what was assumed in words. */
export interface CsvLayout {
  readonly delimiter: string
  /** Lines at the top that are no part of the table. */
  readonly skip: number
  readonly header: boolean
  /** Names for the columns of a file that has none. */
  readonly names?: readonly string[]
  readonly assumptions: readonly string[]
}

/** What the user said of the file; what is given is not guessed. */
export interface LayoutWishes {
  readonly header?: boolean
  readonly skip?: number
}

const delimiters = [',', ';', '\t', '|']
const looked = 200

/** The number of fields that most records have, and how many have it. */
function commonWidth(records: readonly CsvRecord[]): { width: number; share: number } {
  const counts = new Map<number, number>()
  for (const record of records) counts.set(record.fields.length, (counts.get(record.fields.length) ?? 0) + 1)
  let best = { width: 1, share: 0 }
  for (const [width, count] of counts) {
    const share = count / Math.max(1, records.length)
    if (share > best.share || (share === best.share && width > best.width)) best = { width, share }
  }
  return best
}

function chooseDelimiter(text: string): { delimiter: string; records: readonly CsvRecord[]; width: number } {
  const candidates = delimiters.map((delimiter) => {
    const records = parseRecords(text, delimiter, looked)
    return { delimiter, records, ...commonWidth(records) }
  })
  const several = candidates.filter((candidate) => candidate.width > 1)
  const sorted = several.toSorted((a, b) => b.share - a.share || b.width - a.width)
  return sorted[0] ?? candidates[0]!
}

function isValue(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === '') return false
  return (
    !Number.isNaN(Number(trimmed)) || /^\d{4}-\d{2}-\d{2}|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|^(true|false)$/i.test(trimmed)
  )
}

/** Why a record is or is not the names of the columns, judged by itself and by those below it. */
function judgeHeader(first: CsvRecord, rest: readonly CsvRecord[]): { header: boolean; because: string } {
  const names = first.fields.map((name) => name.trim())
  const value = names.find(isValue)
  if (value !== undefined) return { header: false, because: `it holds the value ${value}` }
  const numericBelow = names.findIndex((_, index) => {
    const below = rest.map((record) => record.fields[index]?.trim() ?? '').filter((text) => text !== '')
    return below.length > 0 && below.filter(isValue).length > below.length / 2
  })
  if (numericBelow >= 0) return { header: true, because: `${names[numericBelow] || 'a name'} stands above values` }
  const repeated = new Set(names).size < names.length
  if (repeated) return { header: false, because: 'a text occurs in it twice' }
  const returns = names.some(
    (name, index) => name !== '' && rest.some((record) => record.fields[index]?.trim() === name),
  )
  if (returns) return { header: false, because: 'its texts occur again below it' }
  return { header: true, because: 'its texts do not occur below it' }
}

/** Positions count from 1, as people count columns. */
function layout(read: Omit<CsvLayout, 'names'>, width: number): CsvLayout {
  return read.header ? read : { ...read, names: Array.from({ length: width }, (_, index) => `column_${index + 1}`) }
}

/** How to read a CSV file, from its first lines. Lines with another number of fields at the top are no part of the table. */
export function sniffCsv(text: string, wishes: LayoutWishes = {}): CsvLayout {
  const { delimiter, records, width } = chooseDelimiter(text)
  const assumptions: string[] = []
  let begin = 0
  if (wishes.skip !== undefined) {
    const found = records.findIndex((record) => record.line > wishes.skip!)
    begin = found < 0 ? records.length : found
  } else {
    while (begin < Math.min(20, records.length - 1) && records[begin]!.fields.length !== width) begin += 1
    if (records[begin]?.fields.length !== width) begin = 0
  }
  const first = records[begin]
  const skip = wishes.skip ?? (first === undefined ? 0 : first.line - 1)
  if (skip > 0 && wishes.skip === undefined) {
    const lines = skip === 1 ? 'line 1 is' : `lines 1 to ${skip} are`
    assumptions.push(
      `${lines} no part of the table: ${width} fields follow, and there are ${records[0]!.fields.length} (--skip ${skip})`,
    )
  }
  if (wishes.header !== undefined || first === undefined) {
    return layout({ delimiter, skip, header: wishes.header ?? true, assumptions }, width)
  }
  const rest = records.slice(begin + 1)
  const judged = judgeHeader(first, rest)
  assumptions.push(
    judged.header
      ? `line ${first.line} names the columns: ${judged.because} (--no-header if not)`
      : `line ${first.line} is data and not the names of columns: ${judged.because} (--header if not); columns are column_1 to column_${width}`,
  )
  return layout({ delimiter, skip, header: judged.header, assumptions }, width)
}
