import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'

import type { Experiment, RunKeys, RunTable } from '../../../src/http/native/contract/run.ts'
import { getJson } from '../api/fetch-json.ts'

/** Which table of runs: everything that the server needs to know. */
export interface RunTableQuery {
  readonly filter: string
  readonly order: readonly string[]
  readonly columns: readonly string[]
  readonly experiments: readonly string[]
  readonly kinds: readonly string[]
  readonly lifecycle: string
}

const firstPage = 100
const laterPages = 1000

export function useRunTable(query: RunTableQuery, options: { readonly enabled: boolean }) {
  return useInfiniteQuery({
    queryKey: ['runs', query],
    queryFn: ({ pageParam, signal }) =>
      getJson<RunTable>(
        '/runs',
        { ...query, limit: pageParam === '' ? firstPage : laterPages, page: pageParam, total: pageParam === '' },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: options.enabled,
  })
}

export function useRunKeys(experiments: readonly string[]) {
  return useQuery({
    queryKey: ['run-keys', experiments],
    queryFn: ({ signal }) => getJson<RunKeys>('/run-keys', { experiments }, signal),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
}

export function useExperiments() {
  return useQuery({
    queryKey: ['experiments'],
    queryFn: ({ signal }) => getJson<{ experiments: Experiment[] }>('/experiments', {}, signal),
    staleTime: 30_000,
  })
}
