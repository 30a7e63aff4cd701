import { MlflowError } from './mlflow-error.ts'

const scheme = 'mlflow-artifacts:'

/** Where the artifacts of an experiment are: its own place, or a folder of this server. */
export function experimentArtifactUri(experiment: { readonly id: string; readonly artifactLocation?: string }): string {
  return experiment.artifactLocation ?? `${scheme}/${experiment.id}`
}

/** Where the artifacts of a run are. */
export function runArtifactUri(
  runId: string,
  experiment: { readonly id: string; readonly artifactLocation?: string },
): string {
  return appendPath(experimentArtifactUri(experiment), `${runId}/artifacts`)
}

/** A URI with a longer path; what comes after `?` or `#` stays at the end. */
export function appendPath(uri: string, path: string): string {
  const [, base, rest] = /^([^?#]*)(.*)$/s.exec(uri)!
  return `${base!.replace(/\/+$/, '')}/${path}${rest}`
}

/** The path in this server's store that an artifact URI stands for; undefined when the artifacts are elsewhere. */
export function storedPath(uri: string): string | undefined {
  const prefix = /^mlflow-artifacts:(\/\/[^/]*)?\/*/.exec(uri)?.[0]
  return prefix === undefined ? undefined : uri.slice(prefix.length).replace(/\/+$/, '')
}

/** The same, for an endpoint that can do nothing else. */
export function needStoredPath(uri: string): string {
  const path = storedPath(uri)
  if (path !== undefined) return path
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `The artifacts are at ${uri}, which this server does not reach; a client does so by itself.`,
  )
}

/** A folder and a path below it, either of which may be empty. */
export function joinPath(folder: string, path: string): string {
  return [folder, path].filter((part) => part !== '').join('/')
}

/** The path as MLflow's clients write it: a trailing slash and a lone `.` mean nothing. */
export function cleanPath(path: string | null | undefined): string {
  const clean = (path ?? '').replace(/\/+$/, '').replace(/^\.\//, '')
  return clean === '.' ? '' : clean
}
