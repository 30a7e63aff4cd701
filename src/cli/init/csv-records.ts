import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

import { UnreadableTableError } from './errors.ts'

const headBytes = 512 * 1024

/** The first half megabyte of a text file, unpacked where it is gzip. */
export async function readHead(path: string): Promise<string> {
  const file = createReadStream(path, { highWaterMark: 64 * 1024 })
  const source = path.toLowerCase().endsWith('.gz') ? file.pipe(createGunzip()) : file
  file.on('error', (error) => source.destroy(error))
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= headBytes) break
    }
  } catch (error) {
    throw new UnreadableTableError(path, error)
  } finally {
    file.destroy()
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}

/** A record of a CSV file with the line on which it begins, counted from 1. */
export interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
}

/** The records of a piece of CSV (RFC 4180): quotes, doubled quotes and line breaks inside quotes; a cut last record is left out. */
export function parseRecords(text: string, delimiter: string, limit: number): readonly CsvRecord[] {
  const records: CsvRecord[] = []
  let fields: string[] = []
  let field = ''
  let quoted = false
  let line = 1
  let start = 1
  const endField = () => {
    fields.push(field)
    field = ''
  }
  for (let i = 0; i < text.length && records.length < limit; i++) {
    const character = text[i]!
    if (character === '\n') line += 1
    if (quoted) {
      if (character !== '"') field += character
      else if (text[i + 1] === '"') {
        field += '"'
        i += 1
      } else quoted = false
    } else if (character === '"' && field === '') quoted = true
    else if (character === delimiter) endField()
    else if (character === '\n') {
      endField()
      if (fields.length > 1 || fields[0] !== '') records.push({ line: start, fields })
      fields = []
      start = line
    } else if (character !== '\r') field += character
  }
  const complete = text.length < headBytes && (field !== '' || fields.length > 0)
  if (complete && records.length < limit) records.push({ line: start, fields: [...fields, field] })
  return records
}
