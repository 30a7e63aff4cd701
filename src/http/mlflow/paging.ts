import type { z } from 'zod'

import { MlflowError } from './mlflow-error.ts'
import { type integer, toInteger } from './wire.ts'

/** How many a client wants, within what may be asked for. */
export function pageSize(
  given: z.infer<typeof integer> | null | undefined,
  limits: { readonly otherwise: number; readonly most: number },
): number {
  if (given === null || given === undefined) return limits.otherwise
  const size = toInteger(given, 'max_results')
  if (size >= 1 && size <= limits.most) return size
  const what = size < 1 ? 'It must be a positive integer' : `It must be at most ${limits.most}`
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${size} for parameter 'max_results' supplied: ${what}, but got value ${size}.`,
  )
}

/** The rest of a query for a page: an empty token is none. */
export function pageToken(token: string | null | undefined): { readonly pageToken?: string } {
  return token === null || token === undefined || token === '' ? {} : { pageToken: token }
}

/** A field for the answer: the token of the page after this one. */
export function nextPage(next: string | undefined): { readonly next_page_token?: string } {
  return next === undefined ? {} : { next_page_token: next }
}
