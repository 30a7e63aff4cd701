import { BatonError } from '../../kernel/errors.ts'

/** A request that does not fit its contract. */
export class InvalidRequestError extends BatonError {
  constructor(message: string) {
    super({
      code: 'http.invalid_request',
      kind: 'usage',
      message: `The request was refused: ${message}.`,
      hint: 'See /docs for what this address takes.',
    })
  }
}

/** An address that the native API does not have. */
export class NoSuchRouteError extends BatonError {
  constructor(method: string, url: string) {
    super({
      code: 'http.no_such_route',
      kind: 'not_found',
      message: `There is no ${method} ${url.split('?')[0]}.`,
      hint: 'See /docs for the addresses there are.',
    })
  }
}

/** A path that a run or a model version has no artifact at. */
export class ArtifactNotFoundError extends BatonError {
  constructor(path: string, of: string) {
    super({
      code: 'http.artifact_not_found',
      kind: 'not_found',
      message: `${of} has no artifact at ${path === '' ? 'its root' : path}.`,
      hint: 'List the folder to see what is there.',
      details: { path },
    })
  }
}

/** An artifact that cannot be shown as a table. */
export class ArtifactNotTableError extends BatonError {
  constructor(path: string, why: string) {
    super({
      code: 'http.artifact_not_table',
      kind: 'usage',
      message: `${path} cannot be shown as a table: ${why}.`,
      hint: 'Download it instead; CSV, JSON lines and Parquet files can be shown.',
      details: { path },
    })
  }
}
