import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react'

import { type LayoutEdge, placeNodes } from './layout.ts'

export interface GraphNode {
  readonly id: string
  readonly label: string
  readonly className: string
  readonly top?: ReactNode
  readonly sub: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}

const width = 172
const height = 54
const gapX = 38
const gapY = 14
/** Smaller than this, a graph scrolls instead. */
const smallest = 0.72
const margin = 32

/** A graph from left to right. Nodes are buttons in the order of the graph; a table beside it says the same. */
export function Graph({
  label,
  nodes,
  edges,
}: {
  readonly label: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly LayoutEdge[]
}) {
  const places = useMemo(() => {
    const placed = placeNodes(
      nodes.map(({ id }) => id),
      edges,
    )
    const sizes = new Map<number, number>()
    for (const { layer, row } of placed.values()) sizes.set(layer, Math.max(sizes.get(layer) ?? 0, row + 1))
    const tallest = Math.max(1, ...sizes.values())
    const at = new Map<string, { x: number; y: number }>()
    for (const [id, { layer, row }] of placed) {
      const free = (tallest - sizes.get(layer)!) / 2
      at.set(id, { x: layer * (width + gapX), y: (row + free) * (height + gapY) })
    }
    return {
      at,
      width: (Math.max(0, ...sizes.keys()) + 1) * (width + gapX) - gapX,
      height: tallest * (height + gapY) - gapY,
    }
  }, [nodes, edges])
  const box = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => setRoom(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const zoom = room === 0 ? 1 : Math.max(smallest, Math.min(1, (room - margin) / places.width))
  const chosen = new Set(nodes.filter(({ isChosen }) => isChosen).map(({ id }) => id))
  return (
    <div className="graph" role="group" aria-label={label} ref={box}>
      <div className="canvas" style={{ width: places.width, height: places.height, zoom }}>
        <svg width={places.width} height={places.height} aria-hidden="true">
          {edges.map(({ from, to }, index) => {
            const a = places.at.get(from)
            const b = places.at.get(to)
            if (a === undefined || b === undefined) return null
            return <path key={index} d={curve(a, b)} className={chosen.has(from) || chosen.has(to) ? 'strong' : ''} />
          })}
        </svg>
        {nodes.map((node) => {
          const place = places.at.get(node.id)!
          return (
            <button
              key={node.id}
              type="button"
              className={`node ${node.className}`}
              aria-pressed={node.isChosen}
              style={{ left: place.x, top: place.y, width, height }}
              title={`${node.label} · ${node.sub}`}
              onClick={node.onChoose}
            >
              <span className="top">
                <span className="clip grow">{node.label}</span>
                {node.top}
              </span>
              <span className="sub clip">{node.sub}</span>
            </button>
          )
        })}
      </div>
    </div>
  )
}

function curve(a: { readonly x: number; readonly y: number }, b: { readonly x: number; readonly y: number }): string {
  const x1 = a.x + width
  const y1 = a.y + height / 2
  const y2 = b.y + height / 2
  const bend = Math.max(18, (b.x - x1) / 2)
  return `M${x1},${y1} C${x1 + bend},${y1} ${b.x - bend},${y2} ${b.x},${y2}`
}
