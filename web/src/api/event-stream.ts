import type { ServerEvent } from '../../../src/http/native/contract/event.ts'

/**
 * The events of the server for all tabs of this browser. A browser opens few connections to one server, so one tab
 * holds the stream and tells the others; when it closes, another one takes over. Where pages cannot agree on one (an
 * address without TLS that is not this machine), each tab listens while it is in sight.
 */
export function listenToEvents(onEvent: (event: ServerEvent) => void): () => void {
  return 'locks' in navigator ? shareStream(onEvent) : openWhileVisible(onEvent)
}

function openStream(onEvent: (event: ServerEvent) => void): EventSource {
  const source = new EventSource('/api/v1/events')
  source.addEventListener('message', ({ data }: MessageEvent<string>) => onEvent(JSON.parse(data) as ServerEvent))
  return source
}

function shareStream(onEvent: (event: ServerEvent) => void): () => void {
  const channel = new BroadcastChannel('baton-events')
  const stop = new AbortController()
  channel.addEventListener('message', ({ data }: MessageEvent<ServerEvent>) => onEvent(data))
  const hold = (): Promise<void> =>
    new Promise((release) => {
      const source = openStream((event) => {
        channel.postMessage(event)
        onEvent(event)
      })
      stop.signal.addEventListener('abort', () => {
        source.close()
        release()
      })
    })
  navigator.locks.request('baton-events', { signal: stop.signal }, hold).catch(() => {
    // Stopped while another tab had the stream.
  })
  return () => {
    stop.abort()
    channel.close()
  }
}

function openWhileVisible(onEvent: (event: ServerEvent) => void): () => void {
  let source: EventSource | undefined
  const follow = (): void => {
    source?.close()
    source = document.visibilityState === 'visible' ? openStream(onEvent) : undefined
  }
  document.addEventListener('visibilitychange', follow)
  follow()
  return () => {
    document.removeEventListener('visibilitychange', follow)
    source?.close()
  }
}
