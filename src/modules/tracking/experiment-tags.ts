import { inChunks, type TrackingContext, tablesOf } from './context.ts'
import { TagNotFoundError } from './errors.ts'
import { checkExperimentActive } from './experiment-lifecycle.ts'
import { checkKey, fitValue, limits } from './limits.ts'

/** Sets tags of an active experiment, all or none; a tag that is there gets the new value. */
export async function setExperimentTags(
  ctx: TrackingContext,
  id: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  checkExperimentTags(tags)
  await checkExperimentActive(ctx, id)
  const rows = Object.entries(tags).map(([key, value]) => ({ experiment_id: Number(id), key, value }))
  for (const chunk of inChunks(rows)) {
    await tablesOf(ctx)
      .insertInto('experiment_tags')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['experiment_id', 'key']).doUpdateSet((row) => ({ value: row.ref('excluded.value') })),
      )
      .execute()
  }
}

/** Refuses tags that are too long or have a key that is not allowed. */
export function checkExperimentTags(tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    checkKey(key, 'tag')
    fitValue(value, { most: limits.experimentTagCharacters, what: `Tag '${key}'`, tooLong: 'refuse' })
  }
}

/** Removes a tag of an active experiment; throws when it is not there. */
export async function deleteExperimentTag(ctx: TrackingContext, id: string, key: string): Promise<void> {
  await checkExperimentActive(ctx, id)
  const query = tablesOf(ctx).deleteFrom('experiment_tags').where('experiment_id', '=', Number(id))
  const { numDeletedRows } = await query.where('key', '=', key).executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) throw new TagNotFoundError(key, { what: 'experiment', id })
}

/** The tags of experiments, by their ids. */
export async function getExperimentTags(
  ctx: TrackingContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const tags = new Map<string, Record<string, string>>(ids.map((id) => [id, {}]))
  for (const chunk of inChunks(ids.map(Number))) {
    const query = tablesOf(ctx).selectFrom('experiment_tags').selectAll().where('experiment_id', 'in', chunk)
    for (const row of await query.orderBy('key').execute()) tags.get(String(row.experiment_id))![row.key] = row.value
  }
  return tags
}
