import { z } from 'zod'

import { MlflowError } from './mlflow-error.ts'
import { text } from './wire.ts'

/** The name of a model; an empty one is missing. */
export const modelName = text.refine((name) => name.trim() !== '', { error: 'empty', abort: true })

/** Versions travel as text; some clients send the number. */
export const versionText = z.union([text, z.int()])

export function toVersion(given: z.infer<typeof versionText>): number {
  const version = Number(given)
  if (/^\s*\d{1,15}\s*$/.test(String(given))) return version
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Parameter 'version' must be an integer, got '${String(given).slice(0, 100)}'.`,
  )
}
