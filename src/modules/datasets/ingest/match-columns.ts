import { nearest } from '../../../kernel/nearest.ts'
import type { TableSchema } from '../../checks/declare.ts'
import { sourceName } from '../../checks/index.ts'
import { SourceError } from '../errors.ts'
import type { SourceRelation } from './open-relation.ts'

/** Refuses a source that lacks a column of the schema, or has one that the schema does not know. */
export function matchColumns(schema: TableSchema, source: SourceRelation): void {
  const found = source.columns.map((column) => column.name)
  const wanted = Object.keys(schema.columns).map((name) => sourceName(schema, name))
  const missing = wanted.filter((name) => !found.includes(name))
  if (missing.length > 0) {
    const name = missing[0]!
    const near = nearest(
      name,
      found.filter((other) => !wanted.includes(other)),
    )
    throw new SourceError(
      'missing_column',
      `${source.label} has no column ${missing.join(', ')}; it has ${found.join(', ')}.`,
      {
        hint:
          near === undefined
            ? 'Correct the source, or take the column out of the schema.'
            : `Did you mean ${near}? Write from: '${near}' at the column ${name} of the schema, or rename it in the source.`,
        where: { file: source.path, field: name },
        details: { missing, found },
      },
    )
  }
  const extra = found.filter((name) => !wanted.includes(name))
  if (extra.length === 0 || schema.extraColumns === 'drop') return
  throw new SourceError(
    'extra_column',
    `${source.label} has columns that the schema does not know: ${extra.join(', ')}.`,
    {
      hint: "Add them to the schema, or say that they are not wanted: extraColumns: 'drop'.",
      where: { file: source.path, field: extra[0]! },
      details: { extra },
    },
  )
}
