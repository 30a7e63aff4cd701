import type { AccessContext } from './context.ts'
import { UnauthenticatedError } from './errors.ts'
import type { Principal } from './principal.ts'
import type { Role } from './roles.ts'
import type { AccessTables } from './tables.ts'
import { hashSecret, tokenPrefix, toToken } from './tokens.ts'
import { roleIn } from './users.ts'

/** How long a token's last use may be out of date: a write for every request would cost more than it tells. */
const useKnownMs = 3_600_000

/**
 * Who sends this `Authorization` header, as MLflow's clients do: `Bearer TOKEN`, or `Basic` with a user and a password
 * or token. Throws `UnauthenticatedError`, which never says whether it was the name or the secret that was wrong.
 */
export async function authenticate(ctx: AccessContext, header: string | undefined): Promise<Principal> {
  const [scheme = '', credentials = ''] = (header ?? '').trim().split(/\s+/)
  if (scheme === '') throw new UnauthenticatedError('the request has no Authorization header')
  if (/^bearer$/i.test(scheme)) return await authenticateToken(ctx, credentials)
  if (!/^basic$/i.test(scheme)) throw new UnauthenticatedError('only Basic and Bearer are taken')
  const decoded = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 1) throw new UnauthenticatedError('the name or the password is missing')
  const [name, secret] = [decoded.slice(0, colon), decoded.slice(colon + 1)]
  if (secret.startsWith(tokenPrefix)) return await authenticateToken(ctx, secret, name)
  const user = await findUser(ctx, name)
  if (!(await ctx.passwords.check(name, secret, user?.passwordHash)) || user === undefined)
    throw new UnauthenticatedError('the name or the password is wrong')
  return { name, role: user.role, via: 'password' }
}

/** How long a token is taken without another look; a change made by this process counts at once. */
const knownMs = 1000
const mostKnown = 10_000

/** Who has this token; with a name, only when it is theirs. */
export async function authenticateToken(ctx: AccessContext, secret: string, name?: string): Promise<Principal> {
  const hash = hashSecret(secret)
  const nowMs = ctx.clock.now().getTime()
  const known = ctx.knownTokens.get(hash)
  const user = known !== undefined && known.untilMs > nowMs ? known.user : await findTokenUser(ctx, hash)
  if (known?.user !== user) {
    if (ctx.knownTokens.size >= mostKnown) ctx.knownTokens.clear()
    ctx.knownTokens.set(hash, { user, untilMs: nowMs + knownMs })
  }
  if (name !== undefined && name !== user.name) throw new UnauthenticatedError('the token is not known')
  return user
}

async function findTokenUser(ctx: AccessContext, hash: string): Promise<Principal> {
  const tables = ctx.database.tables<AccessTables>()
  const row = await tables.selectFrom('access_tokens').selectAll().where('secret_hash', '=', hash).executeTakeFirst()
  const now = ctx.clock.now()
  const token = row && toToken(row, now)
  if (token === undefined) throw new UnauthenticatedError('the token is not known')
  if (token.state !== 'active') throw new UnauthenticatedError(`the token is ${token.state}`)
  const user = await findUser(ctx, token.user)
  if (user === undefined) throw new UnauthenticatedError('the token is not known')
  if (token.usedAt === undefined || now.getTime() - Date.parse(token.usedAt) > useKnownMs)
    await tables.updateTable('access_tokens').set({ used_at: now.toISOString() }).where('id', '=', token.id).execute()
  return { name: token.user, role: user.role, via: token.kind, tokenId: token.id }
}

async function findUser(ctx: AccessContext, name: string) {
  const rows = await ctx.database
    .tables<AccessTables>()
    .selectFrom('access_users')
    .leftJoin('access_grants', 'access_grants.user_name', 'access_users.name')
    .select(['password_hash', 'project', 'role'])
    .where('name', '=', name)
    .where('removed_at', 'is', null)
    .execute()
  if (rows.length === 0) return undefined
  const granted = Object.fromEntries(rows.map(({ project, role }) => [project ?? '', role as Role]))
  return { passwordHash: rows[0]!.password_hash, role: roleIn(granted, ctx.project) }
}
