import { z } from 'zod'

export const modelSummary = z.object({
  name: z.string(),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
  latestVersion: z.number(),
  aliases: z.record(z.string(), z.number()),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type ModelSummary = z.infer<typeof modelSummary>
export const modelList = z.object({ models: z.array(modelSummary) })

export const judgedPromise = z.object({
  promise: z.string(),
  promised: z.string(),
  measured: z.string(),
  by: z.number().nullable(),
  holds: z.boolean(),
  side: z.string(),
  owner: z.string(),
  explain: z.string(),
})
export type JudgedPromise = z.infer<typeof judgedPromise>

export const modelVersion = z.object({
  model: z.string(),
  version: z.number(),
  origin: z.enum(['gate', 'client']).describe('client: created by an MLflow client, judged by nobody'),
  aliases: z.array(z.string()),
  stage: z.string(),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
  runId: z.string().optional(),
  source: z.string(),
  digest: z.string().optional(),
  sizeBytes: z.number().optional(),
  files: z.number().optional(),
  createdAt: z.string(),
  holds: z.boolean().optional().describe('absent when there was no contract to hold'),
  promises: z.array(judgedPromise),
  contract: z.string().optional().describe('as text, for a person'),
  owners: z.object({ dataScience: z.string(), engineering: z.string() }).optional(),
  task: z.string().optional(),
  hasReport: z.boolean(),
})
export type ModelVersion = z.infer<typeof modelVersion>

export const aliasEvent = z.object({
  alias: z.string(),
  from: z.number().optional(),
  to: z.number().optional().describe('absent when the alias was taken away'),
  action: z.string(),
  who: z.string(),
  why: z.string(),
  at: z.string(),
})
export type AliasEvent = z.infer<typeof aliasEvent>

export const modelDetail = modelSummary.extend({
  versions: z.array(modelVersion).describe('newest first'),
  history: z.array(aliasEvent).describe('oldest first'),
})
export type ModelDetail = z.infer<typeof modelDetail>

const why = z.string().trim().min(1).max(2000).describe('kept with the change')
export const promotionBody = z.object({
  version: z.int().min(1),
  why,
  force: z.boolean().default(false).describe('also when callers of the present version would break'),
})
export const rollbackBody = z.object({ why })
export const aliasMoved = z.object({ version: z.number(), event: aliasEvent.optional() })
export type AliasMoved = z.infer<typeof aliasMoved>
