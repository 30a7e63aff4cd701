import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import type { ArtifactEntry, TableHead } from '../../../src/http/native/contract/artifact.ts'
import type { RunDetail, RunDiff, RunGraph, RunLog } from '../../../src/http/native/contract/run.ts'
import { getJson, segment, sendJson } from '../api/fetch-json.ts'

export const runQuery = (run: string) =>
  queryOptions({
    queryKey: ['run', run],
    queryFn: ({ signal }) => getJson<RunDetail>(`/runs/${segment(run)}`, {}, signal),
  })

export function useRun(run: string) {
  return useQuery(runQuery(run))
}

export function useRunSteps(run: string, options: { readonly enabled: boolean }) {
  return useQuery({
    queryKey: ['run-steps', run],
    queryFn: ({ signal }) => getJson<RunGraph>(`/runs/${segment(run)}/steps`, {}, signal),
    enabled: options.enabled,
  })
}

export function useRunDiff(run: string, options: { readonly enabled: boolean }) {
  return useQuery({
    queryKey: ['run-diff', run],
    queryFn: ({ signal }) => getJson<RunDiff>(`/runs/${segment(run)}/diff`, {}, signal),
    enabled: options.enabled,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function getRunLog(run: string, offset: number | undefined, signal: AbortSignal): Promise<RunLog> {
  return getJson<RunLog>(`/runs/${segment(run)}/log`, { offset }, signal)
}

export function useArtifacts(run: string, path: string) {
  return useQuery({
    queryKey: ['artifacts', run, path],
    queryFn: ({ signal }) => getJson<{ entries: ArtifactEntry[] }>(`/runs/${segment(run)}/artifacts`, { path }, signal),
  })
}

export function useArtifactTable(run: string, path: string) {
  return useQuery({
    queryKey: ['artifact-table', run, path],
    queryFn: ({ signal }) => getJson<TableHead>(`/runs/${segment(run)}/artifacts/table`, { path }, signal),
    retry: false,
  })
}

export function useSaveNote(run: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (note: string) => sendJson<{ note: string }>('PUT', `/runs/${segment(run)}/note`, { note }),
    onSuccess: ({ note }) => {
      client.setQueryData(runQuery(run).queryKey, (before) => before && { ...before, note })
    },
  })
}
