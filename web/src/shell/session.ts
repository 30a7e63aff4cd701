import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { getJson, sendJson } from '../api/fetch-json.ts'

/** Who is signed in, and what they may do; the actions are those of the access module. */
export interface Session {
  readonly required: boolean
  readonly user?: string
  readonly role?: string
  readonly may: readonly string[]
}

const sessionKey = ['session']

export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: ({ signal }) => getJson<Session>('/session', {}, signal),
    staleTime: 60_000,
  })
}

/** True while nothing is known: the server decides anyway. */
export function useMay(action: string): boolean {
  const { data } = useSession()
  return data === undefined || data.may.includes(action)
}

/** Signing in asks for everything again; signing out forgets it. */
export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (given: { readonly user: string; readonly password: string }) =>
      sendJson<Session>('POST', '/session', given),
    onSuccess: async (session) => {
      client.setQueryData(sessionKey, session)
      await client.invalidateQueries()
    },
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => sendJson<Session>('DELETE', '/session'),
    onSuccess: (session) => {
      client.setQueryData(sessionKey, session)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
    },
  })
}
