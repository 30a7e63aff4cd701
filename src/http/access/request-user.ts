import type { FastifyRequest } from 'fastify'

import {
  type AccessContext,
  authenticate,
  authenticateToken,
  type Principal,
  UnauthenticatedError,
} from '../../modules/access/index.ts'

export const sessionCookie = 'baton_session'

/** The value of a cookie that the request carries. */
export function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return undefined
}

/** Who sends the request, by its header or, from a browser that signed in, its cookie. */
export async function requestUser(ctx: AccessContext, request: FastifyRequest): Promise<Principal> {
  const { authorization } = request.headers
  const session = cookieOf(request, sessionCookie)
  if (authorization === undefined && session !== undefined) return await authenticateToken(ctx, session)
  if (authorization === undefined) throw new UnauthenticatedError('the request has no Authorization header')
  return await authenticate(ctx, authorization)
}
