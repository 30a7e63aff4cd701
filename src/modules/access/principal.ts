import type { Role } from './roles.ts'

/** Who makes a request, proven. */
export interface Principal {
  readonly name: string
  /** In the project that is served; undefined when nobody has granted one. */
  readonly role: Role | undefined
  readonly via: 'password' | 'token' | 'session'
  readonly tokenId?: string
}
