import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

import { compressionOf } from './csv-file.ts'

const newline = 0x0a

/**
 * The line of a file on which a record begins. The engine counts records; a line break within quotes makes a line
 * of the file but no record.
 */
export async function physicalLine(path: string, record: number, quote = '"'): Promise<number> {
  const quoteByte = quote.charCodeAt(0)
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  const text = compressionOf(path) === 'gzip' ? file.pipe(createGunzip()) : file
  let records = 1
  let lines = 1
  let quoted = false
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]
        if (records === record) return lines
        if (byte === quoteByte) quoted = !quoted
        else if (byte === newline) {
          lines++
          if (!quoted) records++
        }
      }
    }
  } finally {
    file.destroy()
  }
  return record === records ? lines : record
}
