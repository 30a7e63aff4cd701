import type { Kysely } from 'kysely'

import type { AccessContext } from './context.ts'
import {
  InvalidRoleError,
  InvalidUserError,
  LastAdminError,
  UserExistsError,
  UserNotFoundError,
  WeakPasswordError,
} from './errors.ts'
import { hashPassword } from './password.ts'
import { isRole, type Role } from './roles.ts'
import type { AccessTables } from './tables.ts'

type Tables = Kysely<AccessTables>

/** A grant with this project is for every project. */
const everyProject = '*'
const passwordCharacters = { least: 10, most: 512 }

export interface User {
  readonly name: string
  readonly createdAt: string
  readonly hasPassword: boolean
  /** By project; `*` is every project. */
  readonly roles: Readonly<Record<string, Role>>
}

export interface NewUser {
  readonly name: string
  readonly role: string
  /** Absent: the one that is served; `*`: every project. */
  readonly project?: string
  /** Absent: the user signs in with tokens only. */
  readonly password?: string
  readonly by: string
}

function checkName(name: string): void {
  if (!/^[\p{L}\p{N}._+@-]{1,100}$/u.test(name)) throw new InvalidUserError(name)
}

function checkRole(role: string): Role {
  if (!isRole(role)) throw new InvalidRoleError(role)
  return role
}

async function hashChecked(password: string): Promise<string> {
  const { least, most } = passwordCharacters
  if (password.length < least || password.length > most) throw new WeakPasswordError(least, most)
  return await hashPassword(password)
}

/** Adds a user with a role; one who was removed comes back, with a new password and this role only. */
export async function addUser(ctx: AccessContext, input: NewUser): Promise<User> {
  checkName(input.name)
  const role = checkRole(input.role)
  const password_hash = input.password === undefined ? null : await hashChecked(input.password)
  const at = ctx.clock.now().toISOString()
  return await changeAccess(ctx, async (tables) => {
    const created = await tables
      .insertInto('access_users')
      .values({ name: input.name, password_hash, created_at: at, removed_at: null })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ password_hash, created_at: at, removed_at: null })
          .where('access_users.removed_at', 'is not', null),
      )
      .returning('name')
      .executeTakeFirst()
    if (created === undefined) throw new UserExistsError(input.name)
    await writeGrant(tables, { ...input, project: input.project ?? ctx.project, role, at })
    return (await loadUsers(tables, [input.name]))[0]!
  })
}

/** A change of who may do what, in one transaction; this process knows of it at once. */
export async function changeAccess<T>(ctx: AccessContext, work: (tables: Tables) => Promise<T>): Promise<T> {
  const result = await ctx.database.transaction<AccessTables, T>(work)
  ctx.knownTokens.clear()
  return result
}

interface Grant {
  readonly name: string
  readonly project: string
  readonly role: Role
  readonly by: string
  readonly at: string
}

async function writeGrant(tables: Tables, { name, project, role, by, at }: Grant): Promise<void> {
  await tables
    .insertInto('access_grants')
    .values({ user_name: name, project, role, granted_by: by, granted_at: at })
    .onConflict((conflict) =>
      conflict.columns(['user_name', 'project']).doUpdateSet({ role, granted_by: by, granted_at: at }),
    )
    .execute()
}

/** Gives a user another role in a project. */
export async function grantRole(
  ctx: AccessContext,
  name: string,
  grant: { readonly role: string; readonly project?: string; readonly by: string },
): Promise<User> {
  const role = checkRole(grant.role)
  const at = ctx.clock.now().toISOString()
  return await changeAccess(ctx, async (tables) => {
    await requireUser(tables, name)
    await keepAnAdmin(ctx, tables, {
      name,
      change: () => writeGrant(tables, { name, project: grant.project ?? ctx.project, role, by: grant.by, at }),
    })
    return (await loadUsers(tables, [name]))[0]!
  })
}

/** Gives a user another password; sessions of browsers end. */
export async function setPassword(ctx: AccessContext, name: string, password: string): Promise<void> {
  const password_hash = await hashChecked(password)
  const at = ctx.clock.now().toISOString()
  await changeAccess(ctx, async (tables) => {
    await requireUser(tables, name)
    await tables.updateTable('access_users').set({ password_hash }).where('name', '=', name).execute()
    await tables
      .updateTable('access_tokens')
      .set({ revoked_at: at })
      .where('user_name', '=', name)
      .where('kind', '=', 'session')
      .where('revoked_at', 'is', null)
      .execute()
  })
}

/** Removes a user: every token is revoked at once; the audit log still knows the name. */
export async function removeUser(ctx: AccessContext, name: string): Promise<void> {
  const at = ctx.clock.now().toISOString()
  await changeAccess(ctx, async (tables) => {
    await requireUser(tables, name)
    await keepAnAdmin(ctx, tables, {
      name,
      change: async () => {
        await tables
          .updateTable('access_users')
          .set({ removed_at: at, password_hash: null })
          .where('name', '=', name)
          .execute()
        await tables.deleteFrom('access_grants').where('user_name', '=', name).execute()
      },
    })
    await tables
      .updateTable('access_tokens')
      .set({ revoked_at: at })
      .where('user_name', '=', name)
      .where('revoked_at', 'is', null)
      .execute()
  })
}

/** Everybody who may sign in, by name. */
export async function listUsers(ctx: AccessContext): Promise<readonly User[]> {
  const tables = ctx.database.tables<AccessTables>()
  const rows = await tables
    .selectFrom('access_users')
    .select('name')
    .where('removed_at', 'is', null)
    .orderBy('name')
    .execute()
  return await loadUsers(
    tables,
    rows.map((row) => row.name),
  )
}

/** The names of those who manage users of the project that is served. */
export async function listAdmins(ctx: AccessContext, tables: Tables = ctx.database.tables<AccessTables>()) {
  const users = await loadUsers(tables)
  return users.filter((user) => roleIn(user.roles, ctx.project) === 'admin').map((user) => user.name)
}

/** The role in a project: its own grant, else that for every project. */
export function roleIn(granted: Readonly<Record<string, Role>>, project: string): Role | undefined {
  return granted[project] ?? granted[everyProject]
}

export async function requireUser(tables: Tables, name: string): Promise<void> {
  const users = await loadUsers(tables)
  if (users.some((user) => user.name === name)) return
  throw new UserNotFoundError(
    name,
    users.map((user) => user.name),
  )
}

/** Of users who are there, all or those that are named. */
async function loadUsers(tables: Tables, names?: readonly string[]): Promise<readonly User[]> {
  let query = tables.selectFrom('access_users').selectAll().where('removed_at', 'is', null)
  if (names !== undefined) query = query.where('name', 'in', names.length === 0 ? [''] : names)
  const rows = await query.orderBy('name').execute()
  const grants = await tables.selectFrom('access_grants').selectAll().orderBy('project').execute()
  const byUser = Map.groupBy(grants, (grant) => grant.user_name)
  return rows.map((row) => ({
    name: row.name,
    createdAt: row.created_at,
    hasPassword: row.password_hash !== null,
    roles: Object.fromEntries((byUser.get(row.name) ?? []).map((grant) => [grant.project, grant.role as Role])),
  }))
}

/**
 * Makes a change, and throws, which undoes the transaction, when it takes the last admin from users who stay. Who
 * removes the only user there is begins anew.
 */
async function keepAnAdmin(
  ctx: AccessContext,
  tables: Tables,
  { name, change }: { readonly name: string; readonly change: () => Promise<void> },
): Promise<void> {
  const before = await listAdmins(ctx, tables)
  await change()
  if (before.length === 0 || (await listAdmins(ctx, tables)).length > 0) return
  if ((await loadUsers(tables)).length > 0) throw new LastAdminError(name)
}
