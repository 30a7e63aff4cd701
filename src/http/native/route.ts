import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, HTTPMethods } from 'fastify'
import { z } from 'zod'

import { problem } from './contract/wire.ts'

/** A route of the native API: its contracts, and what it does with a request that fits them. */
export interface Route<Params, Query, Body, Answer> {
  readonly method: HTTPMethods
  readonly url: string
  readonly tag: string
  readonly summary: string
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  /** Absent for an answer that is not JSON; `answerType` says what it is. */
  readonly answer?: z.ZodType<Answer>
  readonly answerType?: string
  handle(input: {
    readonly params: Params
    readonly query: Query
    readonly body: Body
    readonly request: FastifyRequest
    readonly reply: FastifyReply
  }): Promise<Answer>
}

/** Draft 7 is what fastify's validator speaks; the document is converted from it. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-07', unrepresentable: 'any' })
  return rest
}

function answers({ answer, answerType }: Pick<Route<unknown, unknown, unknown, unknown>, 'answer' | 'answerType'>) {
  const good =
    answer === undefined
      ? { description: 'The content.', content: { [answerType ?? 'application/octet-stream']: { schema: {} } } }
      : { description: 'The answer.', content: { 'application/json': { schema: jsonSchema(answer, 'output') } } }
  const bad = { description: 'Why not.', content: { 'application/json': { schema: jsonSchema(problem, 'output') } } }
  return { 200: good, '4xx': bad }
}

/** Adds a route whose schemas, and so its validation and its documentation, come from the contracts. */
export function addRoute<Params = unknown, Query = unknown, Body = unknown, Answer = unknown>(
  server: FastifyInstance,
  route: Route<Params, Query, Body, Answer>,
): void {
  const { method, url, summary, tag } = route
  const schema: FastifySchema = {
    ...(route.params === undefined ? {} : { params: jsonSchema(route.params, 'input') }),
    ...(route.query === undefined ? {} : { querystring: jsonSchema(route.query, 'input') }),
    ...(route.body === undefined ? {} : { body: jsonSchema(route.body, 'input') }),
    response: answers(route),
  }
  server.route({
    method,
    url,
    schema: { ...schema, summary, tags: [tag] },
    handler: (request, reply) =>
      route.handle({
        params: request.params as Params,
        query: request.query as Query,
        body: request.body as Body,
        request,
        reply,
      }),
  })
}
