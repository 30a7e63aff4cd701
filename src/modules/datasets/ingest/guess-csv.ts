import { decodeHead, headBytes } from './csv-dialect.ts'
import { checkGzip, compressionOf, isEmptyFile, readHead } from './csv-file.ts'
import { commonWidth, detectDelimiter, parseRecords } from './csv-records.ts'
import type { CsvOptions } from './source-spec.ts'

/** How a CSV file is to be read, and what was assumed for it, in words for the person who is shown the guess. */
export interface CsvGuess {
  /** Only what differs from the usual. */
  readonly options: CsvOptions
  readonly assumptions: readonly string[]
}

/** What the user said of the file; what is said is not guessed. */
export type CsvWishes = Pick<CsvOptions, 'header' | 'skip'>

/** How far down the first line of a table is looked for. */
const mostSkipped = 20

function isValue(field: string): boolean {
  const text = field.trim()
  if (text === '') return false
  const isDate = /^\d{4}-\d{2}-\d{2}|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}/.test(text)
  return !Number.isNaN(Number(text)) || isDate || /^(true|false)$/i.test(text)
}

/** Whether a record names the columns, judged by itself and by the records below it. */
function judgeHeader(
  first: readonly string[],
  below: readonly (readonly string[])[],
): { readonly header: boolean; readonly because: string; readonly sure?: true } {
  const names = first.map((name) => name.trim())
  const value = names.find(isValue)
  if (value !== undefined) return { header: false, because: `it holds the value ${value}` }
  const above = names.findIndex((_, index) => {
    const fields = below.map((record) => record[index]?.trim() ?? '').filter((text) => text !== '')
    return fields.length > 0 && fields.filter(isValue).length > fields.length / 2
  })
  if (above >= 0) return { header: true, because: `${names[above] || 'a name'} stands above values`, sure: true }
  if (new Set(names).size < names.length) return { header: false, because: 'a text occurs in it twice' }
  const returns = names.some((name, index) => name !== '' && below.some((record) => record[index]?.trim() === name))
  return returns
    ? { header: false, because: 'its texts occur again below it' }
    : { header: true, because: 'its texts do not occur below it' }
}

interface TextOptions {
  readonly delimiter: string
  readonly quote: string
  readonly whole: boolean
}

/** The text from a line on, counted in line ends; undefined when it is shorter. */
function fromLine(text: string, skip: number): string | undefined {
  let at = 0
  for (let line = 0; line < skip; line++) {
    const next = text.indexOf('\n', at)
    if (next < 0) return undefined
    at = next + 1
  }
  return text.slice(at)
}

/** How many lines at the top are no part of the table: the first record with the table's width ends them. */
function guessSkip(text: string, width: number, options: TextOptions): number {
  for (let skip = 0; skip <= mostSkipped; skip++) {
    const rest = fromLine(text, skip)
    if (rest === undefined) return 0
    const isBlank = /^[^\S\n]*(\n|$)/.test(rest)
    const [first] = parseRecords(rest, { ...options, limit: 1 })
    if (!isBlank && first?.length === width) return skip
  }
  return 0
}

/** The layout of a piece of CSV text: lines before the table, and whether it has names. */
export function guessLayout(text: string, options: TextOptions, wishes: CsvWishes = {}): CsvGuess {
  const assumptions: string[] = []
  const { width } = commonWidth(parseRecords(text, { ...options, limit: 200 }))
  const skip = wishes.skip ?? guessSkip(text, width, options)
  const [first = [], ...below] = parseRecords(fromLine(text, skip) ?? '', { ...options, limit: 200 })
  if (skip > 0 && wishes.skip === undefined) {
    const lines = skip === 1 ? 'line 1 is' : `lines 1 to ${skip} are`
    const other = parseRecords(text, { ...options, limit: 1 })[0]?.length ?? 0
    assumptions.push(
      `${lines} no part of the table, which has ${width} fields a line; line 1 has ${other} (--skip 0 if not)`,
    )
  }
  let header = wishes.header
  if (header === undefined) {
    const judged = judgeHeader(first, below)
    header = judged.header
    // Names above numbers are what everybody expects; there is nothing to tell.
    if (judged.sure !== true)
      assumptions.push(
        header
          ? `line ${skip + 1} names the columns: ${judged.because} (--no-header if not)`
          : `line ${skip + 1} is data and not the names of the columns: ${judged.because} (--header if not)`,
      )
  }
  // Positions count from 1, as people count columns.
  const names = header ? {} : { header, names: first.map((_, index) => `column_${index + 1}`) }
  return { options: { ...(skip > 0 ? { skip } : {}), ...names }, assumptions }
}

/**
 * Guesses what an ingest never guesses by itself: lines before the table, and whether there are names. For a person
 * who is asked or shown the guess; the options are written into the pipeline.
 */
export async function guessCsv(path: string, wishes: CsvWishes = {}): Promise<CsvGuess> {
  if (isEmptyFile(path)) return { options: {}, assumptions: [] }
  if (compressionOf(path) === 'gzip') await checkGzip(path)
  const head = await readHead(path, headBytes)
  const whole = head.length < headBytes
  let encoding: CsvOptions['encoding']
  let text: string
  try {
    text = decodeHead(path, head, 'utf-8')
  } catch {
    encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16' : 'latin-1'
    text = decodeHead(path, head, encoding)
  }
  text = text.replace(/^\uFEFF/, '')
  const quote = '"'
  const delimiter = detectDelimiter(text, { quote, whole })
  const guess = guessLayout(text, { delimiter, quote, whole }, wishes)
  const said = encoding === undefined ? [] : [`the text is ${encoding} and not UTF-8`]
  return {
    options: {
      ...(encoding === undefined ? {} : { encoding }),
      ...(delimiter === ',' ? {} : { delimiter }),
      ...guess.options,
    },
    assumptions: [...said, ...guess.assumptions],
  }
}
