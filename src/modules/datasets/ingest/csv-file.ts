import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

import { InterruptedError } from '../../../kernel/errors.ts'
import { SourceError } from '../errors.ts'

export type CsvCompression = 'gzip' | 'none'

/** By the first two bytes, whatever the file is called. */
export function compressionOf(path: string): CsvCompression {
  const handle = openSync(path, 'r')
  try {
    const magic = Buffer.alloc(2)
    const length = readSync(handle, magic, 0, 2, 0)
    return length === 2 && magic[0] === 0x1f && magic[1] === 0x8b ? 'gzip' : 'none'
  } finally {
    closeSync(handle)
  }
}

/**
 * Reads a gzip file to its end and checks length and CRC; the table engine stops at a cut without a word when the
 * cut happens to fall between two rows.
 */
export async function checkGzip(path: string, signal?: AbortSignal): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: 1 << 20 }),
      createGunzip({ chunkSize: 1 << 20 }),
      nowhere,
      signal ? { signal } : {},
    )
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError()
    const { code = '', message = '' } = error as { code?: string; message?: string }
    if (!code.startsWith('Z_') && !/gzip|inflate|end of file/i.test(message)) throw error
    throw new SourceError('truncated_gzip', `${path} is not a whole gzip file (${message}).`, {
      hint: 'Copy or download the file again; compare its size with the original.',
      where: { file: path },
      cause: error,
    })
  }
}

/** The first bytes of the text, decompressed. */
export async function readHead(path: string, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  const file = createReadStream(path, { highWaterMark: 1 << 16 })
  const text = compressionOf(path) === 'gzip' ? file.pipe(createGunzip()) : file
  for await (const chunk of text as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= bytes) break
  }
  file.destroy()
  return Buffer.concat(chunks).subarray(0, bytes)
}

export function isEmptyFile(path: string): boolean {
  return statSync(path).size === 0
}
