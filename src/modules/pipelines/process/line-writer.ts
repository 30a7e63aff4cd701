import { StringDecoder } from 'node:string_decoder'

type Stream = 'stdout' | 'stderr'

/** A line longer than this is cut, so that memory does not grow with a step that never ends its line. */
const longestLine = 64 << 10

/** Turns raw output of two streams into whole lines, as many at a time as have arrived. */
export function createLineWriter(write: (text: string) => void): {
  write(bytes: Uint8Array, stream: Stream): void
  end(): void
} {
  const states = {
    stdout: { decoder: new StringDecoder('utf8'), rest: '' },
    stderr: { decoder: new StringDecoder('utf8'), rest: '' },
  }
  return {
    write(bytes, stream) {
      const state = states[stream]
      const text = state.rest + state.decoder.write(bytes)
      const end = text.lastIndexOf('\n')
      if (end >= 0) write(text.slice(0, end + 1))
      state.rest = text.slice(end + 1)
      if (state.rest.length < longestLine) return
      write(state.rest)
      state.rest = ''
    },
    end() {
      for (const state of Object.values(states)) {
        const rest = state.rest + state.decoder.end()
        if (rest !== '') write(rest)
        state.rest = ''
      }
    },
  }
}
