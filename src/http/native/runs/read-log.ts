import { open } from 'node:fs/promises'
import { join } from 'node:path'

import type { Run } from '../../../modules/tracking/index.ts'
import type { RunLog } from '../contract/run.ts'

const mostBytes = 1 << 20

/** A piece of a run's log from an offset on; without one, the end of it. A cached step shows the log of its source. */
export async function readRunLog(logsFolder: string, run: Run, offset?: number): Promise<RunLog> {
  const id = run.tags['baton.source_run'] ?? run.id
  const isOpen = run.status === 'RUNNING' || run.status === 'SCHEDULED'
  const nothing = { text: '', next: 0, sizeBytes: 0, available: false, open: isOpen }
  if (!/^[0-9a-zA-Z_-]+$/.test(id)) return nothing
  try {
    await using file = await open(join(logsFolder, `${id}.log`))
    const { size } = await file.stat()
    const from = Math.min(offset ?? Math.max(0, size - mostBytes), size)
    const bytes = Buffer.alloc(Math.min(size - from, mostBytes))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
    const whole = wholeCharacters(bytes.subarray(0, bytesRead))
    return { text: whole.toString('utf8'), next: from + whole.length, sizeBytes: size, available: true, open: isOpen }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing
    throw error
  }
}

/** Leaves out a character of UTF-8 that has only begun; a later read gives it whole. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needed > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}
