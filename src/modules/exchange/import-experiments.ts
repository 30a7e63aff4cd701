import { BatonError } from '../../kernel/errors.ts'
import { digestValue } from '../../kernel/hash.ts'
import { importExperiment } from '../tracking/index.ts'
import type { ExchangeContext } from './context.ts'
import type { Import } from './import-mlflow.ts'
import { type ItemKey, recall, remember } from './memory.ts'

/** Brings the experiments; gives for each its number here. One that cannot be kept is left out with its runs. */
export async function importExperiments(
  ctx: ExchangeContext,
  { store, leaveOut, counts: { experiments: count } }: Import,
): Promise<readonly { readonly sourceId: string; readonly ownId: string }[]> {
  const brought: { sourceId: string; ownId: string }[] = []
  for (const { id, ...experiment } of await store.experiments()) {
    const key: ItemKey = { kind: 'experiment', source: store.place, sourceId: id }
    const fingerprint = digestValue('imported-experiment/1', { ...experiment })
    const known = await recall(ctx, key)
    if (known?.fingerprint === fingerprint) {
      count.unchanged += 1
      brought.push({ sourceId: id, ownId: known.ownId })
      continue
    }
    try {
      const { id: ownId } = await importExperiment(ctx, experiment)
      await remember(ctx, key, { ownId, fingerprint })
      count[known === undefined ? 'brought' : 'updated'] += 1
      brought.push({ sourceId: id, ownId })
    } catch (error) {
      if (!(error instanceof BatonError) || error.kind !== 'usage') throw error
      leaveOut({ what: `experiment ${experiment.name || id}, with its runs`, why: error.message })
    }
  }
  return brought
}
