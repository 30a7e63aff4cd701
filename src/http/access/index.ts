import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { BatonError } from '../../kernel/errors.ts'
import {
  type Action,
  type AuditTrail,
  openAuditTrail,
  type Principal,
  requireAction,
} from '../../modules/access/index.ts'
import { isGatedAlias } from '../../modules/models/index.ts'
import type { HttpApp } from '../http-app.ts'
import { actionOf, type RequestAction } from './actions.ts'
import { callerOf } from './caller.ts'
import { requestUser } from './request-user.ts'
import { refuseOtherSites } from './same-site.ts'
import { requestFields, targetOf } from './target.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who signed in; null while nobody has to. */
    user: Principal | null
    /** Why the request was refused, for the audit log. */
    refusal: string | null
  }
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? request.url.split('?')[0]!
/** Remembers what each route does: metrics arrive by the thousand. */
function createActionOf(): (request: FastifyRequest) => RequestAction {
  const known = new Map<string, RequestAction>()
  return (request) => {
    const pattern = request.routeOptions.url
    if (pattern === undefined) return actionOf(request.method, routeOf(request))
    const key = `${request.method} ${pattern}`
    let action = known.get(key)
    if (action === undefined) known.set(key, (action = actionOf(request.method, pattern)))
    return action
  }
}

/** What a request does once its body is known. */
function finalAction(app: HttpApp, request: FastifyRequest, action: RequestAction): Exclude<RequestAction, 'alias'> {
  if (action !== 'alias') return action
  const { alias } = requestFields(request)
  return isGatedAlias(app.models, typeof alias === 'string' ? alias : '') ? 'promote_models' : 'register_models'
}

/**
 * Lets a request in, or refuses it before its body is read: who it is from, whether they may. Every write that was
 * made or tried goes to the audit log. Has to come before the routes.
 */
export function addAccess(server: FastifyInstance, app: HttpApp): void {
  const { access, auth } = app
  const actionOfRequest = createActionOf()
  const trail = openAuditTrail(access, (error) =>
    server.log.error({ err: error }, 'the audit log could not be written'),
  )
  server.decorateRequest('user', null)
  server.decorateRequest('refusal', null)
  server.addHook('onRequest', async (request, reply) => {
    refuseOtherSites(request, { onlyLoopback: !auth })
    if (!auth) return
    const action = actionOfRequest(request)
    if (action === 'public') return
    try {
      request.user = await requestUser(access, request)
    } catch (error) {
      askForCredentials(request, reply)
      throw error
    }
    if (action !== 'alias') await requireAction(access, request.user, action)
  })
  server.addHook('preHandler', async (request) => {
    if (request.user !== null && actionOfRequest(request) === 'alias')
      await requireAction(access, request.user, finalAction(app, request, 'alias') as Action)
  })
  server.addHook('onError', async (request, _, error) => {
    request.refusal = error instanceof BatonError ? error.code : 'error'
  })
  server.addHook('onSend', async (request, reply) => {
    await audit(app, trail, { request, reply, action: actionOfRequest(request), before: true })
  })
  server.addHook('onResponse', async (request, reply) => {
    await audit(app, trail, { request, reply, action: actionOfRequest(request), before: false })
  })
  server.addHook('onClose', () => trail[Symbol.asyncDispose]())
}

/** A page signs in by itself: the browser's own window would only be in its way. */
function askForCredentials(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers['sec-fetch-dest'] !== 'empty') void reply.header('www-authenticate', 'Basic realm="mlflow"')
}

interface Audited {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly action: RequestAction
  /** True before the answer goes out. */
  readonly before: boolean
}

/** Runs log thousands of values a second: those are counted. All other writes are kept before the answer goes out. */
async function audit(app: HttpApp, trail: AuditTrail, audited: Audited): Promise<void> {
  const { request, reply, before } = audited
  const action = finalAction(app, request, audited.action)
  if (action === 'read' || action === 'public' || action === 'read_audit') return
  const isCounted = action === 'write_runs' || reply.statusCode === 401
  if (isCounted === before) return
  // Without signing in everybody is the same person: what models have become is kept with the models.
  if (!app.auth && isCounted) return
  const done = reply.statusCode < 400
  const write = {
    who: request.user?.name ?? (app.auth ? '' : callerOf(request).name),
    action,
    method: request.method,
    route: routeOf(request),
    target: request.user === null && app.auth ? '' : targetOf(request),
    outcome: done ? 'done' : `${reply.statusCode} ${request.refusal ?? ''}`.trim(),
    address: request.ip,
  }
  if (isCounted) trail.count(write)
  else
    await trail.record(write).catch((error: unknown) => {
      request.log.error({ err: error, write }, 'the audit log could not be written')
    })
}
