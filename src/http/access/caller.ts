import { userInfo } from 'node:os'

import type { FastifyRequest } from 'fastify'

/** Who makes a request, as it is kept with what the request changes. */
export interface Caller {
  readonly name: string
}

/** Who signed in, or whose machine it is: while nobody has to sign in, nobody else can reach the server. */
export function callerOf(request: FastifyRequest): Caller {
  const { user } = request as { readonly user?: Caller }
  return { name: user?.name ?? machineUser() }
}

let found: string | undefined

/** A container may run as a user that has no name. */
function machineUser(): string {
  try {
    return (found ??= userInfo().username)
  } catch {
    return (found = `uid-${process.getuid?.() ?? 'unknown'}`)
  }
}
