import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import type { ServerEvent } from '../../../src/http/native/contract/event.ts'
import { listenToEvents } from './event-stream.ts'

/** Which cached answers an event makes old, by the first words of their keys. */
function staleKeys(event: ServerEvent): readonly (readonly string[])[] {
  const runs = [event.run, ...(event.parent === undefined ? [] : [event.parent])]
  const own = runs.flatMap((run) => [
    ['run', run],
    ['run-steps', run],
  ])
  if (event.type === 'metrics') return [...own, ['series']]
  if (event.parent !== undefined && event.type === 'started') return own
  return [...own, ['runs'], ['pipelines'], ['experiments'], ['datasets'], ['models']]
}

/** Keeps what is shown fresh while runs go on: the server says what has happened, queries ask again. */
export function useLiveUpdates(isOn: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isOn) return undefined
    const waiting = new Map<string, readonly string[]>()
    let timer: number | undefined
    const flush = (): void => {
      timer = undefined
      for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey })
      waiting.clear()
    }
    const stop = listenToEvents((event) => {
      for (const key of staleKeys(event)) waiting.set(key.join('/'), key)
      timer ??= window.setTimeout(flush, 400)
    })
    return () => {
      window.clearTimeout(timer)
      stop()
    }
  }, [client, isOn])
}
