import { join } from 'node:path'

import { throwIfAborted } from '../../kernel/errors.ts'
import { digestValue } from '../../kernel/hash.ts'
import type { DatasetReader } from '../../ports/dataset-reader.ts'
import type { Notifier } from '../../ports/notifier.ts'
import type { TableEngine } from '../../ports/table-engine.ts'
import type { OutputRef, StepContext, StepKind, StepNode, StepResult } from '../pipelines/index.ts'
import { type Address, resolveAddress, resolveHeaders } from './address.ts'
import { type RowBatch, rowBatches, selectRows } from './batches.ts'
import type { NotifyNodeOptions } from './declare.ts'
import { createDeliverer, type Deliverer } from './deliver.ts'
import { type DeliveriesContext, listLeftovers } from './deliveries.ts'

/** What notifying needs. */
export interface NotifyStepContext extends DeliveriesContext {
  readonly engine: TableEngine
  readonly reader: DatasetReader
  readonly notifier: Notifier
  readonly memoryLimitMb?: number
}

const optionsOf = (node: StepNode): NotifyNodeOptions => node.options as unknown as NotifyNodeOptions

function bodyOf(step: string, options: NotifyNodeOptions, batch: RowBatch): string {
  const rows = `[${batch.rows.join(',')}]`
  if (options.body === 'row') return batch.rows[0]!
  return options.body === 'rows' ? rows : `{"step":${JSON.stringify(step)},"rows":${rows}}`
}

/** The same content to the same receiver by the same step always has the same key. */
function keyOf(step: StepContext, address: Address, body: string): string {
  return digestValue('notify-batch/1', [step.graph.pipeline, step.node.name, address.receiver, body])
}

/** What an earlier run wrote down and could not deliver goes first, as it was written down. */
async function deliverLeftovers(ctx: NotifyStepContext, step: StepContext, deliverer: Deliverer): Promise<void> {
  const query = { pipeline: step.graph.pipeline, step: step.node.name, receiver: deliverer.address.receiver, limit: 50 }
  for (let after = ''; ; ) {
    const leftovers = await listLeftovers(ctx, { ...query, after })
    if (leftovers.length > 0)
      step.log(`${leftovers.length} batches of an earlier run are sent again with the same keys`)
    for (const leftover of leftovers) await deliverer.deliver(leftover)
    const last = leftovers.at(-1)
    if (last === undefined) return
    after = last.batchKey
  }
}

async function runNotify(ctx: NotifyStepContext, step: StepContext): Promise<StepResult> {
  const options = optionsOf(step.node)
  const { name } = step.node
  const input = step.inputs['input'] as Extract<OutputRef, { kind: 'table' }>
  const address = resolveAddress(name, options.to, step.env)
  const headers = resolveHeaders(name, options.headers, step.env)
  const scan = await ctx.reader.scan(input)
  await using session = await ctx.engine.openSession({
    memoryLimitMb: ctx.memoryLimitMb ?? 512,
    allowedFolders: [...scan.folders, step.workFolder],
  })
  const label = `${input.dataset}@${input.version}`
  const selection = {
    step: name,
    scan,
    options,
    label,
    file: join(step.workFolder, 'rows.parquet'),
    signal: step.signal,
  }
  const rows = await selectRows(session, selection)
  const deliverer = createDeliverer(ctx, { step, options, address, headers })
  await deliverLeftovers(ctx, step, deliverer)
  let batches = 0
  let done = 0
  for await (const batch of rowBatches(session, selection)) {
    throwIfAborted(step.signal)
    const body = bodyOf(name, options, batch)
    const batchKey = keyOf(step, address, body)
    const { firstKey, lastKey } = batch
    await deliverer.deliverNew({ batchKey, body, firstKey, lastKey, rows: batch.rows.length })
    batches += 1
    done += batch.rows.length
    step.progress({ done, total: rows, unit: 'rows' })
  }
  deliverer.finish()
  const { sent, before } = deliverer.counts()
  if (before > 0) step.log(`${before} of ${batches} batches were delivered before and were not sent again`)
  const value = { rows, batches }
  return {
    outputs: { delivered: { kind: 'value', digest: digestValue('value/1', value), value } },
    metrics: { rows, batches, sent },
    summary: `${rows.toLocaleString('en')} rows in ${batches} ${batches === 1 ? 'batch' : 'batches'} to ${address.host}${before > 0 ? ` (${before} delivered before)` : ''}`,
  }
}

/** The step that posts the rows that pass a condition to an HTTP API: nothing is lost, nothing is accepted twice. */
export function createNotifyStep(ctx: NotifyStepContext): StepKind {
  return {
    kind: 'notify',
    version: 1,
    keyParts: (node, { env }) => {
      const { receiver, host } = resolveAddress(node.name, optionsOf(node).to, env)
      return Promise.resolve([{ name: 'receiver', digest: receiver, detail: host }])
    },
    run: async (step) => await runNotify(ctx, step),
  }
}
