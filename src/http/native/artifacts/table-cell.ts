import type { tableCell } from '../contract/artifact.ts'
import type { z } from 'zod'

/** A value of the table engine as a cell that JSON can say. */
export function toTableCell(value: unknown): z.infer<typeof tableCell> {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}
