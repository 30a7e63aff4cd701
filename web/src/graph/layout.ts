/** A directed graph by the ids of its nodes. */
export interface LayoutEdge {
  readonly from: string
  readonly to: string
}

export interface Placed {
  /** The column, from 0: one more than the furthest node before it. */
  readonly layer: number
  /** The place in its column, from 0. */
  readonly row: number
}

/**
 * Places nodes in layers from left to right (longest path), and orders each layer by the mean place of its
 * neighbours, so that edges cross little (Sugiyama, Tagawa and Toda 1981, barycentre method). An edge that closes a
 * circle is not followed.
 */
export function placeNodes(ids: readonly string[], edges: readonly LayoutEdge[]): ReadonlyMap<string, Placed> {
  const known = new Set(ids)
  const used = edges.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to)
  const before = Map.groupBy(used, ({ to }) => to)
  const after = Map.groupBy(used, ({ from }) => from)
  const layers = new Map<string, number>()
  const visiting = new Set<string>()
  const layerOf = (id: string): number => {
    const found = layers.get(id)
    if (found !== undefined) return found
    if (visiting.has(id)) return 0
    visiting.add(id)
    const layer = Math.max(-1, ...(before.get(id) ?? []).map(({ from }) => layerOf(from))) + 1
    visiting.delete(id)
    layers.set(id, layer)
    return layer
  }
  for (const id of ids) layerOf(id)
  // A node without anything before it stands next to what it leads to.
  for (const id of ids) {
    if (before.has(id)) continue
    const next = (after.get(id) ?? []).map(({ to }) => layers.get(to)!)
    if (next.length > 0) layers.set(id, Math.min(...next) - 1)
  }
  const columns: string[][] = []
  for (const id of ids) (columns[layers.get(id)!] ??= []).push(id)
  const rows = new Map<string, number>()
  const number = (): void => {
    for (const column of columns)
      for (const [row, id] of (column ?? []).entries()) rows.set(id, row - (column.length - 1) / 2)
  }
  number()
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const forward = sweep % 2 === 0
    for (const column of forward ? columns : columns.toReversed()) {
      const weight = (id: string): number => {
        const near = forward
          ? (before.get(id) ?? []).map(({ from }) => from)
          : (after.get(id) ?? []).map(({ to }) => to)
        if (near.length === 0) return rows.get(id)!
        return near.reduce((sum, other) => sum + rows.get(other)!, 0) / near.length
      }
      const weights = new Map((column ?? []).map((id) => [id, weight(id)]))
      column?.sort((a, b) => weights.get(a)! - weights.get(b)!)
    }
    number()
  }
  return new Map(columns.flatMap((column, layer) => (column ?? []).map((id, row) => [id, { layer, row }] as const)))
}
