import type { FastifyError, FastifyInstance } from 'fastify'

import { BatonError, type ErrorKind, InternalError } from '../../kernel/errors.ts'
import { InvalidRequestError, NoSuchRouteError } from './errors.ts'

/** The one table from what went wrong to what HTTP calls it. */
const statuses: Readonly<Record<ErrorKind, number>> = {
  check: 422,
  usage: 400,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
  unauthenticated: 401,
  denied: 403,
  internal: 500,
  interrupted: 503,
}

/** Answers every failure of the native API with its code, what happened and what to do. */
export function answerProblems(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError | BatonError, request, reply) => {
    const known = toBatonError(error)
    if (known.kind === 'internal') request.log.error({ err: error }, 'a fault of our own')
    return reply.code(statusOf(error) ?? statuses[known.kind]).send(known.toJSON())
  })
  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send(new NoSuchRouteError(request.method, request.url).toJSON()),
  )
}

/** Refusals of fastify itself (a body that is too large, a media type) keep their status. */
function statusOf(error: FastifyError | BatonError): number | undefined {
  if (error instanceof BatonError || error.validation !== undefined) return undefined
  return error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : undefined
}

function toBatonError(error: FastifyError | BatonError): BatonError {
  if (error instanceof BatonError) return error
  if (error.validation !== undefined || statusOf(error) !== undefined) return new InvalidRequestError(error.message)
  return new InternalError('The request could not be answered.', error)
}
