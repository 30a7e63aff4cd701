import { z } from 'zod'

import type { RunId } from '../../kernel/ids.ts'
import { MlflowError } from './mlflow-error.ts'
import { text } from './wire.ts'

/** Old clients say `run_uuid`. */
export const runId = z.object({ run_id: text.nullish(), run_uuid: text.nullish() })

export function runIdOf(request: z.infer<typeof runId>): RunId {
  const id = request.run_id || request.run_uuid
  if (id) return id as RunId
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    "Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.",
  )
}
