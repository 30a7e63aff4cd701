import type { Lineage, LineageNode } from '../../../src/http/native/contract/lineage.ts'

/** A lineage without the steps between data: what a step has made follows at once from what it has read. */
export function withoutSteps(lineage: Lineage): Lineage {
  const into = Map.groupBy(lineage.edges, ({ to }) => to)
  const outOf = Map.groupBy(lineage.edges, ({ from }) => from)
  const isBetween = ({ id, kind }: LineageNode): boolean =>
    (kind === 'step' || kind === 'run') && into.has(id) && outOf.has(id)
  const hidden = new Map(lineage.nodes.filter(isBetween).map((node) => [node.id, node]))
  const edges = lineage.edges.filter(({ from, to }) => !hidden.has(from) && !hidden.has(to))
  const madeBy = new Map<string, string>()
  for (const [id, node] of hidden) {
    for (const { to } of outOf.get(id)!) {
      madeBy.set(to, node.label)
      for (const { from } of into.get(id)!) edges.push({ from, to, label: node.label })
    }
  }
  const nodes = lineage.nodes
    .filter(({ id }) => !hidden.has(id))
    .map((node) => {
      const maker = madeBy.get(node.id)
      return maker === undefined ? node : { ...node, detail: [node.detail, `by ${maker}`].filter(Boolean).join(' · ') }
    })
  const unique = new Map(edges.map((edge) => [`${edge.from}\n${edge.to}`, edge]))
  return { nodes, edges: [...unique.values()], truncated: lineage.truncated }
}
