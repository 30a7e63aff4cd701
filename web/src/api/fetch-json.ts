import type { Problem } from '../../../src/http/native/contract/wire.ts'

/** What the server said instead of an answer, or that it said nothing. */
export class ApiError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'ApiError'
    this.problem = problem
  }
}

type QueryValue = string | number | boolean | readonly string[] | undefined
export type QueryValues = Readonly<Record<string, QueryValue>>

/** The address of a route of the native API; an absent value is left out, a list repeats its name. */
export function apiUrl(path: string, query: QueryValues = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    if (Array.isArray(value)) for (const item of value) search.append(name, item)
    else search.set(name, String(value))
  }
  const text = search.toString()
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`
}

const unreachable: Problem = {
  code: 'page.unreachable',
  kind: 'unavailable',
  message: 'The server did not answer.',
  hint: 'Start it with "baton up" in the project, then try again.',
}

async function toProblem(response: Response): Promise<Problem> {
  const content = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined
  if (content?.code !== undefined && content.message !== undefined) return content as Problem
  return { ...unreachable, message: `The server answered ${response.status} ${response.statusText}.` }
}

async function request<Answer>(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ApiError(unreachable)
  })
  if (!response.ok) throw new ApiError(await toProblem(response))
  return (await response.json()) as Answer
}

/** Reads a route; rejects with an ApiError that says what to do. */
export function getJson<Answer>(path: string, query: QueryValues = {}, signal?: AbortSignal): Promise<Answer> {
  return request<Answer>(apiUrl(path, query), signal === undefined ? {} : { signal })
}

/** Changes something; rejects with an ApiError that says what to do. */
export function sendJson<Answer>(method: 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
  return request<Answer>(apiUrl(path), {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
}

/** A path segment that may hold anything. */
export const segment = encodeURIComponent
