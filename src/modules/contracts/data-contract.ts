import { z } from 'zod'

import { tableSchema } from '../checks/declare.ts'

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?\s?(m|min|h|d|w|minutes?|hours?|days?|weeks?)$/, 'must be a duration such as 36h or 7d')

/** The schema of a data contract as plain data: a table's schema, and who answers for it. */
export const dataContractShape = tableSchema
  .safeExtend({
    kind: z.literal('data-contract'),
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - or _, and begin with a letter'),
    description: z.string().optional(),
    owner: z.string().trim().min(1),
    /** How old the newest value of `column` may be. */
    freshness: z.strictObject({ column: z.string().min(1), maxAge: duration }).optional(),
  })
  .check((issues) => {
    const { freshness, columns } = issues.value
    if (freshness === undefined || freshness.column in columns) return
    const message = `${freshness.column} is no column of the contract`
    issues.issues.push({ code: 'custom', input: freshness.column, path: ['freshness', 'column'], message })
  })

/** A checked data contract, plain JSON. */
export type DataContract = z.infer<typeof dataContractShape>
