import { userInfo } from 'node:os'

import type { FastifyRequest } from 'fastify'

import type { Project } from './contract/project.ts'

/** What signing in has left at a request; nothing while nobody has to. */
interface SignedIn {
  readonly user?: { readonly name: string; readonly role?: Project['role'] }
}

/** Who asks, and in which role, when somebody had to sign in. */
export function findUser(request: FastifyRequest): Pick<Project, 'user' | 'role'> {
  const { user } = request as SignedIn
  if (user === undefined) return {}
  return user.role === undefined ? { user: user.name } : { user: user.name, role: user.role }
}

/** The name that a change is kept under: who signed in, or whose machine it is, since nobody else can reach it. */
export function whoAsks(request: FastifyRequest): string {
  return findUser(request).user ?? machineUser()
}

/** A container may run as a user that has no name. */
function machineUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
