import type { z } from 'zod'

import type { Caller } from '../access/caller.ts'
import type { HttpApp } from '../http-app.ts'
import { type Given, parseRequest } from './parse-request.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Text that is JSON already, a piece at a time. */
export interface JsonText {
  readonly chunks: AsyncIterable<string>
}

/** An endpoint of MLflow's interface. */
export interface MlflowRoute {
  readonly methods: readonly Method[]
  /** Behind `/api/2.0` and its like: `/mlflow/runs/create`. */
  readonly path: string
  readonly summary: string
  readonly schema: z.ZodObject
  /** Parses what came in path, query and body, and gives the body of the answer. */
  answer(app: HttpApp, given: Given, caller: Caller): Promise<object | JsonText>
}

interface RouteFacts<Schema extends z.ZodObject> {
  readonly methods: readonly Method[]
  readonly path: string
  readonly summary: string
  readonly request: Schema
  answer(app: HttpApp, request: z.infer<Schema>, caller: Caller): object | JsonText | Promise<object | JsonText>
}

/** An endpoint whose request is parsed by its schema; fields that the schema does not know are ignored. */
export function mlflowRoute<Schema extends z.ZodObject>(facts: RouteFacts<Schema>): MlflowRoute {
  const { methods, path, summary, request: schema } = facts
  return {
    methods,
    path,
    summary,
    schema,
    answer: async (app, given, caller) => facts.answer(app, parseRequest(schema, given), caller),
  }
}
