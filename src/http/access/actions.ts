import type { Action } from '../../modules/access/index.ts'

/** What a request does: for everybody, an action, or an action that depends on which alias it names. */
export type RequestAction = 'public' | Action | 'alias'

const guarded = /^\/(api|ajax-api|get-artifact|metrics|graphql|model-versions)(\/|$)/
const mlflow = /^\/(?:api|ajax-api)\/[23]\.0(\/.*)$/

/** POST that only asks. */
const questions = [
  /^\/mlflow\/[a-z-]+\/search$/,
  /^\/mlflow\/experiments\/search-datasets$/,
  /^\/mlflow\/registered-models\/get-latest-versions$/,
  /^\/mlflow\/ui-telemetry$/,
]

/** Writes of MLflow's interface; the first that fits counts. */
const mlflowWrites: readonly (readonly [RegExp, RequestAction])[] = [
  [/^\/mlflow\/registered-models\/alias$/, 'alias'],
  [/^\/mlflow\/registered-models\/(rename|delete)$/, 'promote_models'],
  [/^\/mlflow\/model-versions\/(delete|transition-stage)$/, 'promote_models'],
  [/^\/mlflow\/(registered-models|model-versions)\//, 'register_models'],
  [/^\/mlflow\/logged-models(\/|$)/, 'register_models'],
  // The id of an upload in parts is a secret that is good for one file; clients send parts without credentials.
  [/^\/mlflow-artifacts\/mpu\/part\//, 'public'],
  [/^\/(mlflow|mlflow-artifacts)\//, 'write_runs'],
]

const nativeWrites: readonly (readonly [RegExp, RequestAction])[] = [
  [/^\/api\/v1\/session$/, 'public'],
  [/^\/api\/v1\/models\/:model\/aliases\/:alias(\/rollback)?$/, 'alias'],
  [/^\/api\/v1\/(runs|datasets|experiments)\//, 'write_runs'],
]

const nativeReads: readonly (readonly [RegExp, RequestAction])[] = [
  [/^\/api\/v1\/session$/, 'public'],
  [/^\/api\/v1\/audit$/, 'read_audit'],
  [/^\/api\/v1\/users(\/|$)/, 'manage_users'],
]

function firstOf(rules: readonly (readonly [RegExp, RequestAction])[], path: string): RequestAction | undefined {
  return rules.find(([pattern]) => pattern.test(path))?.[1]
}

/**
 * What a request does, by its method and the pattern of its route. A write that no rule knows is for admins, so that a
 * new route is closed until somebody has decided; pages and their files, which hold nothing of the project, are open.
 */
export function actionOf(method: string, route: string): RequestAction {
  const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  if (!guarded.test(route)) return isRead ? 'public' : 'manage_users'
  const path = mlflow.exec(route)?.[1]
  if (isRead) return firstOf(nativeReads, route) ?? 'read'
  if (path === undefined) return firstOf(nativeWrites, route) ?? 'manage_users'
  if (questions.some((pattern) => pattern.test(path))) return 'read'
  return firstOf(mlflowWrites, path) ?? 'manage_users'
}
