import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import type { Database } from '../../ports/database.ts'
import {
  type AccessContext,
  accessMigrations,
  addUser,
  authenticate,
  createAccessContext,
  createToken,
  grantRole,
  listAudit,
  listTokens,
  listUsers,
  openAuditTrail,
  parseLife,
  permissions,
  removeUser,
  requireAction,
  revokeToken,
  setPassword,
} from './index.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { authorize, roles } from './roles.ts'
import type { AccessTables } from './tables.ts'

let database: Database
let now: Date
let ctx: AccessContext

beforeEach(async () => {
  database = openTestDatabase({ file: ':memory:' })
  await database.migrate(accessMigrations)
  now = new Date('2026-11-21T08:00:00.000Z')
  ctx = createAccessContext({ database, clock: { now: () => now }, project: 'churn' })
})
afterEach(() => database[Symbol.asyncDispose]())

const later = (ms: number) => (now = new Date(now.getTime() + ms))
const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
const ana = { name: 'ana', role: 'data_scientist', by: 'test' }
const password = 'correct horse'

describe('passwords', () => {
  it('are kept as scrypt with a salt of their own', async () => {
    const [first, second] = [await hashPassword('correct horse'), await hashPassword('correct horse')]
    expect(first).toMatch(/^scrypt\$32768\$8\$3\$/)
    expect(first).not.toBe(second)
    expect(await verifyPassword('correct horse', first)).toBe(true)
    expect(await verifyPassword('correct horsf', first)).toBe(false)
    expect(await verifyPassword('', first)).toBe(false)
    expect(await verifyPassword('correct horse', 'plain$correct horse')).toBe(false)
  })

  it('sign in, with an umlaut in either of its two forms and with colons', async () => {
    await addUser(ctx, { ...ana, password: 'g\u00fcn:stig:er' })
    expect(await authenticate(ctx, basic('ana', 'gu\u0308n:stig:er'))).toEqual({
      name: 'ana',
      role: 'data_scientist',
      via: 'password',
    })
  })

  it('that were right before are refused at once when they have changed, or the user is gone', async () => {
    await addUser(ctx, { ...ana, name: 'boss', role: 'admin' })
    await addUser(ctx, { ...ana, password })
    await authenticate(ctx, basic('ana', password))
    await setPassword(ctx, 'ana', 'battery staple')
    await expect(authenticate(ctx, basic('ana', password))).rejects.toMatchObject({ kind: 'unauthenticated' })
    await authenticate(ctx, basic('ana', 'battery staple'))
    await removeUser(ctx, 'ana')
    await expect(authenticate(ctx, basic('ana', 'battery staple'))).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('cannot be guessed for long, and who is known goes on meanwhile', async () => {
    await addUser(ctx, { ...ana, password })
    await authenticate(ctx, basic('ana', password))
    for (let guess = 0; guess < 10; guess += 1)
      await expect(authenticate(ctx, basic('ana', `guess ${guess}`))).rejects.toMatchObject({
        code: 'access.unauthenticated',
      })
    await expect(authenticate(ctx, basic('ana', 'guess'))).rejects.toMatchObject({ code: 'access.too_many_attempts' })
    expect(await authenticate(ctx, basic('ana', password))).toMatchObject({ name: 'ana' })
    later(31_000)
    await expect(authenticate(ctx, basic('ana', 'guess'))).rejects.toMatchObject({ code: 'access.unauthenticated' })
  }, 30_000)
})

describe('authenticate', () => {
  it('takes a token as Bearer, and as the password of its user only', async () => {
    await addUser(ctx, ana)
    await addUser(ctx, { ...ana, name: 'ben', role: 'viewer' })
    const { secret, token } = await createToken(ctx, { user: 'ana', lifeMs: undefined })
    const whoever = { name: 'ana', role: 'data_scientist', via: 'token', tokenId: token.id }
    expect(secret.reveal()).toMatch(/^baton_[\w-]{43}$/)
    expect(await authenticate(ctx, `Bearer ${secret.reveal()}`)).toEqual(whoever)
    expect(await authenticate(ctx, basic('ana', secret.reveal()))).toEqual(whoever)
    await expect(authenticate(ctx, basic('ben', secret.reveal()))).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('keeps of a token nothing it could be had from', async () => {
    await addUser(ctx, ana)
    const { secret, token } = await createToken(ctx, { user: 'ana', label: 'ci', lifeMs: undefined })
    const rows = await database.tables<AccessTables>().selectFrom('access_tokens').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(secret.reveal().slice(6, 20))
    expect(JSON.stringify({ secret, token })).not.toContain(secret.reveal())
  })

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['another scheme', 'Digest abc'],
    ['a token that is none', 'Bearer nothing'],
    ['no colon', `Basic ${Buffer.from('ana').toString('base64')}`],
    ['no name', basic('', 'correct horse')],
    ['an empty password', basic('ana', '')],
    ['a name that is not there', basic('eve', 'correct horse')],
    ['text that is no base64', 'Basic %%%'],
    ['a hash instead of a secret', 'Bearer sha256:00'],
  ])('refuses %s', async (...[, header]) => {
    await addUser(ctx, ana)
    await expect(authenticate(ctx, header)).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('says the same for a wrong name and a wrong password', async () => {
    await addUser(ctx, { ...ana, password })
    const wrong = [basic('ana', 'wrong password'), basic('eve', 'wrong password')]
    const messages = await Promise.all(
      wrong.map((header) => authenticate(ctx, header).catch((error: Error) => error.message)),
    )
    expect(messages[0]).toBe(messages[1])
  })

  it('refuses a token that has expired, was revoked, or whose user was removed', async () => {
    await addUser(ctx, { ...ana, name: 'boss', role: 'admin' })
    await addUser(ctx, ana)
    const short = await createToken(ctx, { user: 'ana', lifeMs: parseLife('12h') })
    const long = await createToken(ctx, { user: 'ana', lifeMs: parseLife('90d') })
    const forever = await createToken(ctx, { user: 'ana', lifeMs: parseLife('never') })
    const use = (made: typeof short) => authenticate(ctx, `Bearer ${made.secret.reveal()}`)
    await use(short)
    later(12 * 3_600_000)
    await expect(use(short)).rejects.toThrow(/expired/)
    await use(long)
    expect((await revokeToken(ctx, long.token.id.slice(-8))).state).toBe('revoked')
    await expect(use(long)).rejects.toThrow(/revoked/)
    await use(forever)
    await removeUser(ctx, 'ana')
    await expect(use(forever)).rejects.toMatchObject({ kind: 'unauthenticated' })
    await addUser(ctx, ana)
    await expect(use(forever)).rejects.toMatchObject({ kind: 'unauthenticated' })
    expect((await listTokens(ctx, { user: 'ana' })).map((token) => token.state)).toEqual([
      'revoked',
      'revoked',
      'revoked',
    ])
  })

  it('learns within a second what another process has revoked or granted', async () => {
    await addUser(ctx, ana)
    const { secret, token } = await createToken(ctx, { user: 'ana', lifeMs: undefined })
    const other = createAccessContext({ database, clock: ctx.clock, project: 'churn' })
    const use = () => authenticate(ctx, `Bearer ${secret.reveal()}`)
    expect((await use()).role).toBe('data_scientist')
    await grantRole(other, 'ana', { role: 'viewer', by: 'test' })
    later(1000)
    expect((await use()).role).toBe('viewer')
    await revokeToken(other, token.id)
    later(1000)
    await expect(use()).rejects.toThrow(/revoked/)
  })

  it.each(['', '0d', '90', '1y', '-1d', 'ever'])('takes no life of "%s"', (text) => {
    expect(() => parseLife(text)).toThrow(/cannot live/)
  })
})

describe('roles', () => {
  it('may do what the table says: viewers read, data scientists write, engineers promote, admins manage', () => {
    const allowed = Object.fromEntries(
      roles.map((role) => [
        role,
        (Object.keys(permissions) as (keyof typeof permissions)[]).filter((action) => authorize(role, action)),
      ]),
    )
    expect(allowed).toEqual({
      viewer: ['read'],
      data_scientist: ['read', 'write_runs', 'register_models'],
      engineer: ['read', 'write_runs', 'register_models', 'promote_models', 'change_releases'],
      admin: Object.keys(permissions),
    })
    expect(authorize(undefined, 'read')).toBe(false)
  })

  it('are those of the project, else those for every project; another project counts for nothing', async () => {
    await addUser(ctx, { ...ana, password, role: 'viewer', project: '*' })
    await grantRole(ctx, 'ana', { role: 'engineer', project: 'forecast', by: 'test' })
    const roleIn = async (project: string) => (await authenticate({ ...ctx, project }, basic('ana', password))).role
    expect(await roleIn('churn')).toBe('viewer')
    expect(await roleIn('forecast')).toBe('engineer')
    await addUser(ctx, { ...ana, password, name: 'ben', project: 'forecast' })
    expect((await authenticate(ctx, basic('ben', password))).role).toBeUndefined()
  })

  it('that are not enough are told with who can grant more', async () => {
    await addUser(ctx, { ...ana, name: 'boss', role: 'admin' })
    await addUser(ctx, { ...ana, password, role: 'viewer' })
    const user = await authenticate(ctx, basic('ana', password))
    await expect(requireAction(ctx, user, 'promote_models')).rejects.toMatchObject({
      kind: 'denied',
      message: 'Permission denied: ana is a viewer in churn and may not promote, stage, rename or delete models.',
      hint: 'An admin (boss) can grant it: baton users grant ana --role engineer.',
    })
    await requireAction(ctx, user, 'read')
  })
})

describe('users', () => {
  it('are added once, listed, and come back with nothing of what they had', async () => {
    await addUser(ctx, { ...ana, name: 'boss', role: 'admin' })
    await addUser(ctx, ana)
    await expect(addUser(ctx, ana)).rejects.toMatchObject({ code: 'access.user_exists' })
    await removeUser(ctx, 'ana')
    expect((await listUsers(ctx)).map((user) => user.name)).toEqual(['boss'])
    expect(await addUser(ctx, { name: 'ana', role: 'viewer', by: 'test' })).toMatchObject({
      hasPassword: false,
      roles: { churn: 'viewer' },
    })
    await expect(authenticate(ctx, basic('ana', password))).rejects.toMatchObject({ kind: 'unauthenticated' })
  })

  it('always have an admin once they had one', async () => {
    await addUser(ctx, { ...ana, role: 'viewer' })
    await grantRole(ctx, 'ana', { role: 'data_scientist', by: 'test' })
    await addUser(ctx, { ...ana, name: 'boss', role: 'admin' })
    await expect(removeUser(ctx, 'boss')).rejects.toMatchObject({ code: 'access.last_admin' })
    await expect(grantRole(ctx, 'boss', { role: 'viewer', by: 'test' })).rejects.toMatchObject({
      code: 'access.last_admin',
    })
    await removeUser(ctx, 'ana')
    await removeUser(ctx, 'boss')
    expect(await listUsers(ctx)).toEqual([])
  })

  it.each([
    ['a name with a colon', { name: 'a:b' }, 'access.invalid_user'],
    ['an empty name', { name: '' }, 'access.invalid_user'],
    ['a role that is none', { role: 'root' }, 'access.invalid_role'],
    ['a short password', { password: 'short' }, 'access.weak_password'],
  ])('are refused with %s', async (...[, change, code]) => {
    await expect(addUser(ctx, { ...ana, ...change })).rejects.toMatchObject({ code })
    expect(await listUsers(ctx)).toEqual([])
  })
})

describe('the audit log', () => {
  const write = {
    who: 'ana',
    action: 'write_runs',
    method: 'POST',
    route: '/api/2.0/mlflow/runs/log-metric',
    target: 'run 1',
    outcome: 'done',
    address: '127.0.0.1',
  }

  it('keeps every write, many of one kind in one entry a minute, newest first', async () => {
    const failures: unknown[] = []
    const trail = openAuditTrail(ctx, (error) => failures.push(error))
    for (let i = 0; i < 1000; i += 1) trail.count(write)
    later(61_000)
    for (let i = 0; i < 5; i += 1) trail.count(write)
    await trail.record({ ...write, action: 'promote_models', target: 'model churn@7' })
    trail.count({ ...write, target: 'run 2', outcome: '403 access.denied' })
    await trail[Symbol.asyncDispose]()
    const { items } = await listAudit(ctx)
    expect(failures).toEqual([])
    expect(items.reduce((sum, entry) => sum + entry.count, 0)).toBe(1007)
    expect((await listAudit(ctx, { target: 'run 1' })).items.map((entry) => entry.count)).toEqual([5, 1000])
    expect((await listAudit(ctx, { action: 'promote_models' })).items).toMatchObject([{ who: 'ana', count: 1 }])
    expect(items.map((entry) => entry.id)).toEqual(
      items
        .map((entry) => entry.id)
        .toSorted()
        .toReversed(),
    )
    const first = await listAudit(ctx, { limit: 3 })
    const rest = await listAudit(ctx, { limit: 3, after: first.next! })
    expect([...first.items, ...rest.items]).toEqual(items)
  })

  it('has what was recorded when the promise is kept, and what was counted within a second or two', async () => {
    const trail = openAuditTrail(ctx, () => undefined)
    await trail.record(write)
    expect((await listAudit(ctx)).items).toHaveLength(1)
    trail.count({ ...write, target: 'run 2' })
    await expect.poll(async () => (await listAudit(ctx)).items.length, { timeout: 10_000 }).toBe(2)
    trail.count({ ...write, target: 'run 2' })
    await trail[Symbol.asyncDispose]()
    expect((await listAudit(ctx, { target: 'run 2' })).items).toMatchObject([{ count: 2 }])
  })
})
