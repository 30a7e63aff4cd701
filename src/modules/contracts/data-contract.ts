import { z } from 'zod'

import { fieldSpec } from './field.ts'

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s?(m|min|h|d|w|minutes?|hours?|days?|weeks?)$/, 'must be a duration such as 36h or 7d')

/** The schema of a data contract as plain data. */
export const dataContractShape = z.strictObject({
  kind: z.literal('data-contract'),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - or _, and begin with a letter'),
  description: z.string().optional(),
  owner: z.string().trim().min(1),
  columns: z.record(z.string().min(1), fieldSpec),
  key: z.array(z.string().min(1)).min(1).optional(),
  /** The share of rows that may fail before the ingest fails; 0 by default. */
  maxQuarantineShare: z.number().min(0).max(1).optional(),
  /** How old the newest value of `column` may be. */
  freshness: z.strictObject({ column: z.string().min(1), maxAge: duration }).optional(),
})

/** A checked data contract, plain JSON. */
export type DataContract = z.infer<typeof dataContractShape>
