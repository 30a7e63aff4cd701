import type { FastifyRequest } from 'fastify'

import { ForeignOriginError } from './errors.ts'

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/**
 * Refuses what another web site makes a browser send: a name that was made to point here (DNS rebinding) while nobody
 * has to sign in, and writes from pages of another origin.
 */
export function refuseOtherSites(request: FastifyRequest, options: { readonly onlyLoopback: boolean }): void {
  const { host = '', origin } = request.headers
  if (options.onlyLoopback && host !== '' && !loopback.test(host)) throw new ForeignOriginError(`the name ${host}`)
  if (origin === undefined || ['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw new ForeignOriginError(`a page of ${origin}`)
}
