import type { Principal } from './principal.ts'

export const roles = ['viewer', 'data_scientist', 'engineer', 'admin'] as const
export type Role = (typeof roles)[number]

const everyone: readonly Role[] = roles
const makers: readonly Role[] = ['data_scientist', 'engineer', 'admin']
const operators: readonly Role[] = ['engineer', 'admin']
const admins: readonly Role[] = ['admin']

/** Who may do what: the whole of it. */
export const permissions = {
  /** See runs, datasets, models, artifacts. */
  read: everyone,
  /** Experiments, runs and their artifacts, datasets, notes. */
  write_runs: makers,
  /** Models, versions, their tags, and aliases that are no release. */
  register_models: makers,
  /** What callers get: release aliases, stages, renaming and deleting. */
  promote_models: operators,
  /** Endpoints and their traffic. */
  change_releases: operators,
  /** Users, their roles and tokens of others. */
  manage_users: admins,
  read_audit: admins,
} as const satisfies Readonly<Record<string, readonly Role[]>>

export type Action = keyof typeof permissions

/** What an action is, in words that follow "may not". */
export const actionWords: Readonly<Record<Action, string>> = {
  read: 'see anything',
  write_runs: 'write runs',
  register_models: 'register models',
  promote_models: 'promote, stage, rename or delete models',
  change_releases: 'change releases',
  manage_users: 'manage users',
  read_audit: 'read the audit log',
}

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text)
}

/** True when the role may do this; somebody without a role may nothing. */
export function authorize(role: Role | undefined, action: Action): boolean {
  return role !== undefined && permissions[action].includes(role)
}

/** The least of the roles that may do this. */
export function leastRole(action: Action): Role {
  return permissions[action][0]!
}

/** Short for the pages and routes: what this person may do. */
export function actionsOf({ role }: Pick<Principal, 'role'>): readonly Action[] {
  return (Object.keys(permissions) as Action[]).filter((action) => authorize(role, action))
}
