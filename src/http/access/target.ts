import type { FastifyRequest } from 'fastify'

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'string') return typeof body === 'object' && body !== null ? (body as Fields) : {}
  try {
    return fieldsOf(JSON.parse(body))
  } catch {
    return {}
  }
}

/** Path, query and body of a request as one object; a body that is a stream has no fields. */
export function requestFields({ params, query, body }: FastifyRequest): Fields {
  return { ...(query as object), ...fieldsOf(body), ...(params as object) }
}

const longest = 300

/** What a write is about, for the audit log: `run 0198…`, `model churn@7`, `model churn alias champion`. */
export function targetOf(request: FastifyRequest): string {
  const fields = requestFields(request)
  const text = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = fields[name]
      if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value)
    }
    return undefined
  }
  const run = text('run_id', 'run_uuid', 'run')
  const route = request.routeOptions.url ?? ''
  const path = text('*')
  const version = text('version')
  const alias = text('alias')
  const named =
    /registered-models|model-versions|\/models\//.test(route) && text('name', 'model') !== undefined
      ? `model ${text('name', 'model')!}${version === undefined ? '' : `@${version}`}${alias === undefined ? '' : ` alias ${alias}`}`
      : undefined
  const found =
    named ??
    (run === undefined ? undefined : `run ${run}`) ??
    (text('model_id') === undefined ? undefined : `logged model ${text('model_id')!}`) ??
    (path === undefined ? undefined : `artifact ${path}`) ??
    (text('user') === undefined ? undefined : `user ${text('user')!}`) ??
    (text('experiment_id') === undefined ? undefined : `experiment ${text('experiment_id')!}`) ??
    (text('name') === undefined ? '' : text('name')!)
  return found.length > longest ? `${found.slice(0, longest)}…` : found
}
