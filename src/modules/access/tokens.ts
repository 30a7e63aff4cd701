import { randomBytes } from 'node:crypto'

import { digestBytes } from '../../kernel/hash.ts'
import { newId } from '../../kernel/ids.ts'
import { Secret } from '../../kernel/secret.ts'
import type { AccessContext } from './context.ts'
import { InvalidExpiryError, TokenNotFoundError } from './errors.ts'
import type { AccessTables } from './tables.ts'
import { changeAccess, requireUser } from './users.ts'

/** Begins every token, so that scanners for leaked secrets can find it. */
export const tokenPrefix = 'baton_'
const secretBytes = 32

export interface Token {
  readonly id: string
  readonly user: string
  readonly kind: 'token' | 'session'
  readonly label: string
  readonly createdAt: string
  readonly expiresAt: string | undefined
  readonly revokedAt: string | undefined
  /** To within an hour. */
  readonly usedAt: string | undefined
  readonly state: 'active' | 'expired' | 'revoked'
}

export interface NewToken {
  readonly user: string
  readonly label?: string
  readonly kind?: Token['kind']
  /** Milliseconds; undefined: for ever. */
  readonly lifeMs: number | undefined
}

/** The address of a secret: 256 random bits need no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return digestBytes(secret)
}

/** Makes a token. Its secret is in the answer and nowhere else. */
export async function createToken(
  ctx: AccessContext,
  input: NewToken,
): Promise<{ readonly token: Token; readonly secret: Secret }> {
  const secret = `${tokenPrefix}${randomBytes(secretBytes).toString('base64url')}`
  const now = ctx.clock.now()
  const row = {
    id: newId(now.getTime()),
    user_name: input.user,
    kind: input.kind ?? 'token',
    label: input.label ?? '',
    secret_hash: hashSecret(secret),
    created_at: now.toISOString(),
    expires_at: input.lifeMs === undefined ? null : new Date(now.getTime() + input.lifeMs).toISOString(),
    revoked_at: null,
    used_at: null,
  }
  await ctx.database.transaction<AccessTables, void>(async (tables) => {
    await requireUser(tables, input.user)
    await tables.insertInto('access_tokens').values(row).execute()
  })
  return { token: toToken(row, now), secret: new Secret(secret) }
}

/** Tokens, newest first: of one user or of all; sessions of browsers only when they are asked for. */
export async function listTokens(
  ctx: AccessContext,
  options: { readonly user?: string; readonly sessions?: boolean } = {},
): Promise<readonly Token[]> {
  let query = ctx.database.tables<AccessTables>().selectFrom('access_tokens').selectAll()
  if (options.user !== undefined) query = query.where('user_name', '=', options.user)
  if (options.sessions !== true) query = query.where('kind', '=', 'token')
  const now = ctx.clock.now()
  return (await query.orderBy('id', 'desc').execute()).map((row) => toToken(row, now))
}

/** Ends a token by its id, or by 6 or more characters that it ends with. Doing so twice does nothing. */
export async function revokeToken(
  ctx: AccessContext,
  id: string,
  options: { readonly user?: string } = {},
): Promise<Token> {
  const found = (await listTokens(ctx, { ...options, sessions: true })).filter(
    (token) => token.id === id || (id.length >= 6 && token.id.endsWith(id)),
  )
  const [token] = found
  if (token === undefined || found.length > 1) throw new TokenNotFoundError(id)
  const now = ctx.clock.now()
  return await changeAccess(ctx, async (tables) => {
    await tables
      .updateTable('access_tokens')
      .set({ revoked_at: now.toISOString() })
      .where('id', '=', token.id)
      .where('revoked_at', 'is', null)
      .execute()
    const query = tables.selectFrom('access_tokens').selectAll().where('id', '=', token.id)
    return toToken(await query.executeTakeFirstOrThrow(), now)
  })
}

export function toToken(row: AccessTables['access_tokens'], now: Date): Token {
  const isExpired = row.expires_at !== null && row.expires_at <= now.toISOString()
  return {
    id: row.id,
    user: row.user_name,
    kind: row.kind as Token['kind'],
    label: row.label,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    usedAt: row.used_at ?? undefined,
    state: row.revoked_at !== null ? 'revoked' : isExpired ? 'expired' : 'active',
  }
}

const unitMs = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const

/** Reads `12h`, `90d`, `8w` as milliseconds, and `never` as undefined. */
export function parseLife(text: string): number | undefined {
  if (text === 'never') return undefined
  const [, count, unit] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? []
  if (count === undefined) throw new InvalidExpiryError(text)
  return Number(count) * unitMs[unit as keyof typeof unitMs]
}
