import { SourceError } from '../errors.ts'
import { checkGzip, compressionOf, isEmptyFile, readHead } from './csv-file.ts'
import { detectDelimiter, parseRecords } from './csv-records.ts'
import type { CsvOptions } from './source-spec.ts'

export const headBytes = 1 << 18

/** Everything the engine needs to read a CSV file without guessing. */
export interface CsvDialect {
  readonly path: string
  readonly compression: 'gzip' | 'none'
  readonly delimiter: string
  readonly quote: string
  readonly header: boolean
  readonly skip: number
  readonly names: readonly string[]
  readonly encoding: 'utf-8' | 'latin-1' | 'utf-16'
  readonly nulls: readonly string[]
}

const decoders = { 'utf-8': 'utf-8', 'latin-1': 'latin1', 'utf-16': 'utf-16le' } as const

/** The head of the file as text; bytes that are not in the encoding are refused, but for a character cut in half. */
export function decodeHead(path: string, head: Buffer, encoding: CsvDialect['encoding']): string {
  const isUtf16 = head[0] === 0xff && head[1] === 0xfe
  if (encoding === 'utf-8' && (isUtf16 || (head[0] === 0xfe && head[1] === 0xff))) throw notUtf8(path)
  try {
    return new TextDecoder(decoders[encoding], { fatal: true }).decode(head, { stream: true })
  } catch {
    throw notUtf8(path)
  }
}

export function notUtf8(path: string, line?: number): SourceError {
  return new SourceError('not_utf8', `${path} is not UTF-8 text${line === undefined ? '' : ` (line ${line})`}.`, {
    hint: "Say how it is encoded: csv(path, { encoding: 'latin-1' }) or 'utf-16', or convert it: iconv -f latin1 -t utf-8.",
    where: { file: path, ...(line === undefined ? {} : { line }) },
  })
}

function emptyFile(path: string, what: string): SourceError {
  return new SourceError('empty_file', `${path} ${what}.`, {
    hint: 'Check what wrote the file: a first line with the names of the columns and at least one row are needed.',
    where: { file: path },
  })
}

function checkNames(path: string, names: readonly string[], line: number): void {
  const seen = new Set<string>()
  for (const [index, name] of names.entries()) {
    if (name.trim() === '') {
      throw new SourceError('unnamed_column', `Column ${index + 1} of ${path} has no name.`, {
        hint: 'Give the column a name in the first line, or all of them: csv(path, { names: […] }).',
        where: { file: path, line },
      })
    }
    if (seen.has(name.toLowerCase())) {
      throw new SourceError(
        'duplicate_column',
        `${path} has the column ${name} twice (upper and lower case are one).`,
        {
          hint: 'Rename one of them in the first line, or name all columns: csv(path, { names: […] }).',
          where: { file: path, line, field: name },
        },
      )
    }
    seen.add(name.toLowerCase())
  }
  if (names.every((name) => /^[-+]?[\d.]+$/.test(name.trim()))) {
    throw new SourceError('no_header', `The first line of ${path} looks like data: ${names.slice(0, 5).join(', ')}.`, {
      hint: 'Say that there are no names: csv(path, { header: false }), and name the columns with names: […].',
      where: { file: path, line },
    })
  }
}

function skipLines(text: string, lines: number): string {
  let at = 0
  for (let line = 0; line < lines && at < text.length; line++) {
    const next = text.indexOf('\n', at)
    at = next < 0 ? text.length : next + 1
  }
  return text.slice(at)
}

/** Looks at a CSV file before anything is read from it: whole, not empty, readable names. */
export async function inspectCsv(path: string, options: CsvOptions = {}, signal?: AbortSignal): Promise<CsvDialect> {
  if (isEmptyFile(path)) throw emptyFile(path, 'is empty')
  const compression = compressionOf(path)
  if (compression === 'gzip') await checkGzip(path, signal)
  const { header = true, skip = 0, quote = '"', encoding = 'utf-8', nulls = [] } = options
  const head = await readHead(path, headBytes)
  const whole = head.length < headBytes
  const text = skipLines(decodeHead(path, head, encoding).replace(/^\uFEFF/, ''), skip)
  const delimiter = options.delimiter ?? detectDelimiter(text, { quote, whole })
  const [first, second] = parseRecords(text, { delimiter, quote, whole, limit: 2 })
  if (!first) throw emptyFile(path, 'has no lines')
  if (header && !second) throw emptyFile(path, 'has a first line with names and no rows')
  const width = options.names?.length ?? first.length
  const generated = Array.from({ length: width }, (_, index) => `column${String(index).padStart(2, '0')}`)
  const names = options.names ?? (header ? first.map((name) => name.trim()) : generated)
  if (header && !options.names) checkNames(path, names, skip + 1)
  return { path, compression, delimiter, quote, header, skip, names, encoding, nulls }
}
