import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A step's log file. It never grows beyond head and tail, whatever the step prints. Writing never throws: when the disk
 * is full the step itself will say so, and its last lines are still known.
 */
export interface StepLog {
  readonly path: string
  write(text: string): void
  /** The last lines, newest last. */
  lastLines(count: number): readonly string[]
  /** Writes the kept tail, with a line that says how much is missing. */
  close(): void
}

export interface StepLogLimits {
  /** Bytes kept from the beginning; they are in the file at once. */
  readonly headBytes: number
  /** Bytes kept from the end, at least; they wait in memory until the log is closed. */
  readonly tailBytes: number
}

const defaults: StepLogLimits = { headBytes: 1 << 20, tailBytes: 4 << 20 }
const recentBytes = 16 << 10

export function openStepLog(path: string, limits: StepLogLimits = defaults): StepLog {
  mkdirSync(dirname(path), { recursive: true })
  const handle = openSync(path, 'w')
  const tail: Buffer[] = []
  let headLeft = limits.headBytes
  let tailBytes = 0
  let droppedBytes = 0
  let recent = Buffer.alloc(0)
  let isOpen = true
  let isBroken = false

  function save(bytes: Buffer): void {
    if (isBroken) return
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(handle, bytes, offset)
    } catch {
      isBroken = true
    }
  }

  function keepTail(bytes: Buffer): void {
    tail.push(bytes)
    tailBytes += bytes.length
    while (tail.length > 1 && tailBytes - tail[0]!.length >= limits.tailBytes) {
      const dropped = tail.shift()!.length
      tailBytes -= dropped
      droppedBytes += dropped
    }
  }

  return {
    path,
    write(text) {
      if (!isOpen || text === '') return
      const bytes = Buffer.from(text.endsWith('\n') ? text : `${text}\n`)
      recent = Buffer.concat([recent, bytes.subarray(-recentBytes)]).subarray(-recentBytes)
      const head = bytes.subarray(0, headLeft)
      if (head.length > 0) save(head)
      headLeft -= head.length
      if (bytes.length > head.length) keepTail(bytes.subarray(head.length))
    },
    lastLines(count) {
      const lines = recent.toString('utf8').split('\n').slice(0, -1)
      return lines.slice(-count)
    },
    close() {
      if (!isOpen) return
      isOpen = false
      if (droppedBytes > 0) save(Buffer.from(`\n[… ${droppedBytes} bytes of output were dropped here …]\n`))
      for (const bytes of tail) save(bytes)
      closeSync(handle)
    },
  }
}
