import { decodeHead, headBytes } from './csv-dialect.ts'
import { isEmptyFile, readHead } from './csv-file.ts'
import { commonWidth, detectDelimiter, parseRecords } from './csv-records.ts'
import type { CsvOptions } from './source-spec.ts'

const number = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/
const looksLikeData = (field: string) => field.trim() === '' || number.test(field.trim())

/**
 * Guesses what an ingest never guesses by itself: lines before the table, and whether there are names. For a person
 * who is asked or shown the guess; the options are written into the pipeline.
 */
export async function guessCsvOptions(path: string): Promise<CsvOptions> {
  if (isEmptyFile(path)) return {}
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
  const delimiter = detectDelimiter(text, { quote: '"', whole })
  const records = parseRecords(text.replace(/^\uFEFF/, ''), { delimiter, quote: '"', whole, limit: 200 })
  const { width } = commonWidth(records)
  const skip = Math.max(
    0,
    records.findIndex((record) => record.length === width),
  )
  const first = records[skip] ?? []
  const header = !first.some(looksLikeData) && new Set(first.map((name) => name.toLowerCase())).size === first.length
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(skip > 0 ? { skip } : {}),
    ...(header ? {} : { header: false }),
  }
}
