import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import type { AliasMoved, ModelDetail, ModelSummary } from '../../../src/http/native/contract/model.ts'
import { getJson, segment, sendJson } from '../api/fetch-json.ts'

export function useModels() {
  return useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => getJson<{ models: ModelSummary[] }>('/models', {}, signal),
  })
}

export function useModel(name: string) {
  return useQuery({
    queryKey: ['models', name],
    queryFn: ({ signal }) => getJson<ModelDetail>(`/models/${segment(name)}`, {}, signal),
  })
}

export interface Promotion {
  readonly alias: string
  readonly version: number
  readonly why: string
  readonly force: boolean
}

export function usePromote(model: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ alias, ...body }: Promotion) =>
      sendJson<AliasMoved>('PUT', `/models/${segment(model)}/aliases/${segment(alias)}`, body),
    onSuccess: () => client.invalidateQueries({ queryKey: ['models'] }),
  })
}

export function useRollback(model: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ alias, why }: { readonly alias: string; readonly why: string }) =>
      sendJson<AliasMoved>('POST', `/models/${segment(model)}/aliases/${segment(alias)}/rollback`, { why }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['models'] }),
  })
}
