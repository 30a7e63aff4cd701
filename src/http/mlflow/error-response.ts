import { BatonError, type ErrorKind } from '../../kernel/errors.ts'
import { MlflowError, type MlflowErrorCode, statusOfCode } from './mlflow-error.ts'

/** What MLflow's clients read of a failure. */
export interface ErrorResponse {
  readonly status: number
  readonly body: { readonly error_code: MlflowErrorCode; readonly message: string; readonly code?: string }
}

const codeOfKind: Readonly<Record<ErrorKind, MlflowErrorCode>> = {
  check: 'INVALID_PARAMETER_VALUE',
  usage: 'INVALID_PARAMETER_VALUE',
  not_found: 'RESOURCE_DOES_NOT_EXIST',
  denied: 'PERMISSION_DENIED',
  unauthenticated: 'CUSTOMER_UNAUTHORIZED',
  conflict: 'RESOURCE_CONFLICT',
  unavailable: 'TEMPORARILY_UNAVAILABLE',
  internal: 'INTERNAL_ERROR',
  interrupted: 'TEMPORARILY_UNAVAILABLE',
}

/** Where MLflow's code is not that of the kind. */
const codeOfError: Readonly<Record<string, MlflowErrorCode>> = {
  'tracking.experiment_exists': 'RESOURCE_ALREADY_EXISTS',
  'models.exists': 'RESOURCE_ALREADY_EXISTS',
}

/** A failure as MLflow's clients expect it. Our own faults tell nothing of what is inside. */
export function toErrorResponse(error: unknown): ErrorResponse {
  if (error instanceof MlflowError) return response(error.mlflowCode, error.message)
  if (error instanceof BatonError && error.kind !== 'internal') {
    const { message, hint, code, kind } = error
    const ours = { code: codeOfError[code] ?? codeOfKind[kind] }
    return {
      ...response(ours.code, `${message} ${hint}`),
      body: { error_code: ours.code, message: `${message} ${hint}`, code },
    }
  }
  // Fastify's own refusals: a body that is no JSON, too large, of another type.
  const { statusCode, message } = error as { readonly statusCode?: number; readonly message?: string }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return {
      status: statusCode === 415 ? 400 : statusCode,
      body: { error_code: 'BAD_REQUEST', message: message ?? '' },
    }
  }
  return response('INTERNAL_ERROR', 'The server has failed; its log says why.')
}

function response(code: MlflowErrorCode, message: string): ErrorResponse {
  return { status: statusOfCode[code], body: { error_code: code, message } }
}
