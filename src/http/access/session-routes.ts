import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'

import {
  actionsOf,
  authenticate,
  createToken,
  permissions,
  type Principal,
  revokeToken,
  roles,
  UnauthenticatedError,
} from '../../modules/access/index.ts'
import type { HttpApp } from '../http-app.ts'
import { addRoute } from '../native/route.ts'
import { requestUser, sessionCookie } from './request-user.ts'

const tag = 'Access'
const sessionMs = 12 * 3_600_000
const action = z.enum(Object.keys(permissions) as [keyof typeof permissions])

const session = z.object({
  required: z.boolean().describe('false: nobody has to sign in, and everybody may do everything'),
  user: z.string().optional(),
  role: z.enum(roles).optional().describe('absent: nobody has granted one in this project'),
  may: z.array(action).describe('what the user may do'),
})

function present(required: boolean, user: Principal | undefined): z.infer<typeof session> {
  if (!required) return { required, may: Object.keys(permissions) as (keyof typeof permissions)[] }
  if (user === undefined) return { required, may: [] }
  const { name, role } = user
  return { required, user: name, may: [...actionsOf(user)], ...(role === undefined ? {} : { role }) }
}

function setCookie(reply: FastifyReply, value: string, maxAgeSeconds: number): void {
  const secure = reply.request.protocol === 'https' ? '; Secure' : ''
  void reply.header(
    'set-cookie',
    `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`,
  )
}

/** Signing in from a browser: the cookie holds a token of twelve hours that scripts of the page cannot read. */
export function sessionRoutes(server: FastifyInstance, app: HttpApp): void {
  const { access, auth } = app
  addRoute(server, {
    method: 'GET',
    url: '/session',
    tag,
    summary: 'Who is signed in, and what they may do',
    answer: session,
    async handle({ request }) {
      if (!auth) return present(auth, undefined)
      return present(
        auth,
        await requestUser(access, request).catch((error: unknown) => {
          if (error instanceof UnauthenticatedError) return undefined
          throw error
        }),
      )
    },
  })
  addRoute(server, {
    method: 'POST',
    url: '/session',
    tag,
    summary: 'Sign in with a password or a token',
    body: z.object({ user: z.string().min(1).max(100), password: z.string().min(1).max(512) }),
    answer: session,
    async handle({ body: { user, password }, reply }) {
      const found = await authenticate(access, `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)
      const made = await createToken(access, { user: found.name, kind: 'session', lifeMs: sessionMs })
      setCookie(reply, made.secret.reveal(), sessionMs / 1000)
      return present(auth, { ...found, via: 'session' })
    },
  })
  addRoute(server, {
    method: 'DELETE',
    url: '/session',
    tag,
    summary: 'Sign out',
    answer: session,
    async handle({ request, reply }) {
      const user = await requestUser(access, request).catch(() => undefined)
      if (user?.via === 'session' && user.tokenId !== undefined) await revokeToken(access, user.tokenId)
      setCookie(reply, '', 0)
      return present(auth, undefined)
    },
  })
}
