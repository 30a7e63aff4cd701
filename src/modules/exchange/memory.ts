import type { ExchangeContext, ExchangeTables } from './context.ts'

/** One thing of a source. */
export interface ItemKey {
  readonly kind: 'experiment' | 'run' | 'model' | 'version'
  readonly source: string
  readonly sourceId: string
}

/** What is remembered of an item: its id here and its fingerprint; undefined when it was never brought. */
export async function recall(ctx: ExchangeContext, key: ItemKey) {
  const row = await ctx.database
    .tables<ExchangeTables>()
    .selectFrom('imported_items')
    .select(['own_id', 'fingerprint'])
    .where('kind', '=', key.kind)
    .where('source', '=', key.source)
    .where('source_id', '=', key.sourceId)
    .executeTakeFirst()
  return row && { ownId: row.own_id, fingerprint: row.fingerprint }
}

/** Remembers an item; one that is on its way has an empty fingerprint, so that the next import finishes it. */
export async function remember(
  ctx: ExchangeContext,
  key: ItemKey,
  { ownId, fingerprint }: { readonly ownId: string; readonly fingerprint: string },
): Promise<void> {
  const values = { own_id: ownId, fingerprint, imported_ms: ctx.clock.now().getTime() }
  await ctx.database
    .tables<ExchangeTables>()
    .insertInto('imported_items')
    .values({ kind: key.kind, source: key.source, source_id: key.sourceId, ...values })
    .onConflict((conflict) => conflict.columns(['kind', 'source', 'source_id']).doUpdateSet(values))
    .execute()
}
