import type { FastifyInstance } from 'fastify'

import { AddressInUseError, AddressNotAllowedError, OpenToOthersError } from './errors.ts'

const loopback = ['127.0.0.1', '::1', 'localhost']

/** Listens; refuses to be reached from other machines, where anybody could write, while nobody has to sign in. */
export async function listen(
  server: FastifyInstance,
  options: { readonly host: string; readonly port: number; readonly authenticated?: boolean },
): Promise<{ readonly url: string; readonly port: number }> {
  const { host } = options
  if (options.authenticated !== true && !loopback.includes(host)) throw new OpenToOthersError(host)
  try {
    await server.listen({ host, port: options.port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new AddressInUseError(host, options.port)
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new AddressNotAllowedError(`${host}:${options.port}`, error as Error)
    }
    throw error
  }
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return { url: `http://${name.includes(':') ? `[${name}]` : name}:${port}`, port }
}
