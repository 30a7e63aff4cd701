import { BatonError } from '../../kernel/errors.ts'

/** MLflow's codes with their status (mlflow/exceptions.py: ERROR_CODE_TO_HTTP_STATUS). */
export const statusOfCode = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  CUSTOMER_UNAUTHORIZED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_CONFLICT: 409,
  NOT_IMPLEMENTED: 501,
  INTERNAL_ERROR: 500,
  TEMPORARILY_UNAVAILABLE: 503,
} as const satisfies Readonly<Record<string, number>>

export type MlflowErrorCode = keyof typeof statusOfCode

/** A refusal in MLflow's own words, for what only its interface knows. */
export class MlflowError extends BatonError {
  readonly mlflowCode: MlflowErrorCode

  constructor(mlflowCode: MlflowErrorCode, message: string) {
    super({ code: 'http.mlflow', kind: 'usage', message, hint: 'See the API docs of MLflow.' })
    this.mlflowCode = mlflowCode
  }
}
