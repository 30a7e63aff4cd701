import { type DataUse, listDataUses, type TrackingContext } from '../../../modules/tracking/index.ts'

/** What a trace begins with. */
export interface TraceStart {
  readonly digests: readonly string[]
  readonly runIds: readonly string[]
}

/** Every reading and writing that leads to the start or comes from it. */
export interface Trace {
  readonly uses: readonly DataUse[]
  readonly truncated: boolean
}

const mostUses = 1500
/** A parameter of a step or a result's number is no data that lineage is about. */
const isData = ({ datum }: DataUse): boolean => datum.kind !== 'value'

/**
 * Follows content from run to run in both directions: back to what made it, and on to what has read it. Of several
 * runs that have made the same content the first one counts.
 */
export async function traceData(ctx: TrackingContext, start: TraceStart, depth: number): Promise<Trace> {
  const uses = new Map<string, DataUse>()
  const add = (found: readonly DataUse[]): readonly DataUse[] => {
    const fresh: DataUse[] = []
    for (const use of found.filter(isData)) {
      const id = `${use.runId} ${use.side} ${use.datum.name} ${use.datum.digest}`
      if (uses.has(id) || uses.size >= mostUses) continue
      uses.set(id, use)
      fresh.push(use)
    }
    return fresh
  }

  const written = add(await listDataUses(ctx, 'output', { runIds: start.runIds }))
  const read = add(await listDataUses(ctx, 'input', { runIds: start.runIds }))
  let back = unique([...start.digests, ...read.map(digestOf)])
  let on = unique([...start.digests, ...written.map(digestOf)])
  for (let step = 0; step < depth && back.length > 0; step += 1) {
    const makers = add(firstMakers(await listDataUses(ctx, 'output', { digests: back })))
    back = unique(add(await listDataUses(ctx, 'input', { runIds: unique(makers.map(runOf)) })).map(digestOf))
  }
  for (let step = 0; step < depth && on.length > 0; step += 1) {
    const readers = add(await listDataUses(ctx, 'input', { digests: on }))
    on = unique(add(await listDataUses(ctx, 'output', { runIds: unique(readers.map(runOf)) })).map(digestOf))
  }
  return { uses: [...uses.values()], truncated: uses.size >= mostUses }
}

const digestOf = ({ datum }: DataUse): string => datum.digest
const runOf = ({ runId }: DataUse): string => runId
const unique = (values: readonly string[]): readonly string[] => [...new Set(values)]

/** Uses come newest first, so the last one of a content is its first making. */
function firstMakers(uses: readonly DataUse[]): readonly DataUse[] {
  return [...new Map(uses.map((use) => [`${use.datum.digest} ${use.datum.dataset ?? ''}`, use])).values()]
}
