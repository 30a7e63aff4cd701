import { useCallback, useState } from 'react'

/** A value that this browser remembers; a browser that forbids it forgets it with the page. */
export function useStored<T>(name: string, initial: T): readonly [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      const text = localStorage.getItem(`baton.${name}`)
      return text === null ? initial : (JSON.parse(text) as T)
    } catch {
      return initial
    }
  })
  const store = useCallback(
    (next: T) => {
      setValue(next)
      try {
        localStorage.setItem(`baton.${name}`, JSON.stringify(next))
      } catch {
        // Private windows may refuse; the value still holds for this page.
      }
    },
    [name],
  )
  return [value, store]
}
