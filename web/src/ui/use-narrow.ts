import { useSyncExternalStore } from 'react'

const query = matchMedia('(max-width: 760px)')

function subscribe(changed: () => void): () => void {
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}

/** True where there is room for one column of content only. */
export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches)
}
