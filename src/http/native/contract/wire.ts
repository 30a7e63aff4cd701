import { z } from 'zod'

/** A double on the wire: JSON has no word for NaN and the infinities, so they are texts, as MLflow writes them. */
export const wireNumber = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
export type WireNumber = z.infer<typeof wireNumber>

export function toWireNumber(value: number): WireNumber {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

/** Why a request was not answered. */
export const problem = z.object({
  code: z.string().describe('permanent and searchable'),
  kind: z.enum([
    'check',
    'usage',
    'not_found',
    'conflict',
    'unavailable',
    'internal',
    'interrupted',
    'unauthenticated',
    'denied',
  ]),
  message: z.string(),
  hint: z.string().describe('what to do next'),
  where: z.record(z.string(), z.unknown()).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type Problem = z.infer<typeof problem>
