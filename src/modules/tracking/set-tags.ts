import type { RunId } from '../../kernel/ids.ts'
import { type CompiledInsert, insertCompiled } from './compiled.ts'
import type { Tables, TrackingContext } from './context.ts'
import { InvalidEntryError } from './errors.ts'
import { checkKey, fitValue, limits, type TooLong } from './limits.ts'
import { checkWritable } from './open-run.ts'
import type { KeyValueRow, RunRow, TrackingTables } from './tables.ts'

/**
 * MLflow keeps these facts as tags, we as columns; a tag of that name reads and writes the column, so that there is
 * one truth.
 */
export const columnOfTag = {
  'mlflow.runName': 'name',
  'mlflow.parentRunId': 'parent_id',
  'mlflow.user': 'user_name',
  'mlflow.source.git.commit': 'commit_hash',
  'mlflow.source.git.branch': 'branch',
  'mlflow.note.content': 'note',
} as const satisfies Readonly<Record<string, keyof RunRow>>

type ColumnTag = keyof typeof columnOfTag

function isColumnTag(key: string): key is ColumnTag {
  return Object.hasOwn(columnOfTag, key)
}

/** Sets tags, all or none; a tag that is there gets the new value. */
export async function setTags(
  ctx: TrackingContext,
  id: RunId,
  tags: Readonly<Record<string, string>>,
  options: { readonly tooLong?: TooLong } = {},
): Promise<void> {
  if (Object.keys(tags).length === 0) return
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    await writeTags(tables, id, { tags, tooLong: options.tooLong ?? 'refuse' })
  })
}

/** Sets tags within a transaction. */
export async function writeTags(
  tables: Tables,
  id: RunId,
  input: { readonly tags: Readonly<Record<string, string>>; readonly tooLong: TooLong },
): Promise<void> {
  const { columns, rows } = splitTags(id, input.tags, input.tooLong)
  if (Object.keys(columns).length > 0) await tables.updateTable('runs').set(columns).where('id', '=', id).execute()
  await insertCompiled(tables, tagValue, rows)
}

const tagValue: CompiledInsert<KeyValueRow> = {
  name: 'tags',
  columns: ['run_id', 'key', 'value'],
  build: (tables, rows) =>
    tables
      .insertInto('tags')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['run_id', 'key']).doUpdateSet((row) => ({ value: row.ref('excluded.value') })),
      ),
}

/** Sorts tags into columns of the run and rows of their own, checked against the limits. */
export function splitTags(id: RunId, tags: Readonly<Record<string, string>>, tooLong: TooLong) {
  const columns: Partial<Record<(typeof columnOfTag)[ColumnTag], string>> = {}
  const rows: { run_id: string; key: string; value: string }[] = []
  for (const [key, given] of Object.entries(tags)) {
    checkKey(key, 'tag')
    const value = fitValue(given, { most: limits.tagCharacters, what: `Tag '${key}'`, tooLong })
    if (isColumnTag(key)) columns[columnOfTag[key]] = value
    else rows.push({ run_id: id, key, value })
  }
  return { columns, rows }
}

/** Adds a paragraph to the run's note: a finding, a conclusion. */
export async function addNote(ctx: TrackingContext, id: RunId, text: string): Promise<void> {
  const added = text.trim()
  if (added === '') throw new InvalidEntryError('The note is empty.', 'Write what was found or decided.')
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    const { note } = await tables.selectFrom('runs').select('note').where('id', '=', id).executeTakeFirstOrThrow()
    const whole = note === null || note === '' ? added : `${note}\n\n${added}`
    fitValue(whole, { most: limits.noteCharacters, what: 'The note', tooLong: 'refuse' })
    await tables.updateTable('runs').set({ note: whole }).where('id', '=', id).execute()
  })
}
