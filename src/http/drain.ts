import type { FastifyInstance } from 'fastify'

/** As long as a request that is under way may hold up the end of the server: a large upload, not a stuck client. */
const longestMs = 30_000

/**
 * On close, connections end with the answer they are waiting for, although their clients would keep them; what is not
 * answered in time is cut off.
 */
export function drainOnClose(server: FastifyInstance): void {
  let closing = false
  let limit: NodeJS.Timeout | undefined
  server.addHook('preClose', (done) => {
    closing = true
    limit = setTimeout(() => server.server.closeAllConnections(), longestMs)
    done()
  })
  server.addHook('onResponse', (_request, _reply, done) => {
    // Not yet idle in this very moment.
    if (closing) setImmediate(() => server.server.closeIdleConnections())
    done()
  })
  server.addHook('onClose', (_server, done) => {
    clearTimeout(limit)
    done()
  })
}
