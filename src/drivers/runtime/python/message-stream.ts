import type { Readable } from 'node:stream'

/** One message: a line of JSON and the bytes that follow it. */
export interface Message {
  readonly head: Readonly<Record<string, unknown>>
  readonly payload: Buffer
}

/** Cuts a stream into messages, in order; ends when the stream does. */
export async function* readMessages(stream: Readable): AsyncGenerator<Message> {
  let pending: Buffer = Buffer.alloc(0)
  let head: Readonly<Record<string, unknown>> | undefined
  for await (const chunk of stream) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer])
    for (;;) {
      if (head === undefined) {
        const end = pending.indexOf(10)
        if (end < 0) break
        head = JSON.parse(pending.toString('utf8', 0, end)) as Readonly<Record<string, unknown>>
        pending = pending.subarray(end + 1)
      }
      const length = Number(head['bytes'] ?? 0)
      if (pending.length < length) break
      yield { head, payload: pending.subarray(0, length) }
      pending = pending.subarray(length)
      head = undefined
    }
  }
}
