/** A point of a curve, in the order of its steps. */
export interface CurvePoint {
  readonly step: number
  readonly value: number
}

/**
 * Keeps at most `count` points of a curve: the first, the last, and of each stretch between them the lowest and the
 * highest, so that no peak is lost (min-max decimation; Steinarsson 2013, "Downsampling Time Series for Visual
 * Representation", section 4). Points that are not finite are kept as gaps, where a stretch has nothing else.
 */
export function downsample<Point extends CurvePoint>(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points
  const stretches = Math.max(1, Math.floor((count - 2) / 2))
  const kept: Point[] = [points[0]!]
  const inner = points.length - 2
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = 1 + Math.floor((stretch * inner) / stretches)
    const to = 1 + Math.floor(((stretch + 1) * inner) / stretches)
    kept.push(...extremes(points, from, to))
  }
  kept.push(points.at(-1)!)
  return kept
}

function extremes<Point extends CurvePoint>(points: readonly Point[], from: number, to: number): readonly Point[] {
  let low = -1
  let high = -1
  for (let at = from; at < to; at += 1) {
    const { value } = points[at]!
    if (!Number.isFinite(value)) continue
    if (low === -1 || value < points[low]!.value) low = at
    if (high === -1 || value > points[high]!.value) high = at
  }
  if (low === -1) return from < to ? [points[from]!] : []
  if (low === high) return [points[low]!]
  return low < high ? [points[low]!, points[high]!] : [points[high]!, points[low]!]
}
