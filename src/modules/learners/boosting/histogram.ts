/** Doubles of one group's histogram: 4 features × 256 bins × (gradient, hessian). */
export const GROUP_SIZE = 2048

/**
 * Adds the gradients of the rows `rows[start … end)` to the histograms of one group of four features.
 * `gradients[i]` and `hessians[i]` belong to `rows[i]`.
 */
export function accumulate(
  histogram: Float64Array,
  words: Uint32Array,
  part: {
    readonly rows: Int32Array
    readonly start: number
    readonly end: number
    readonly gradients: Float32Array
    readonly hessians: Float32Array
  },
): void {
  const { rows, end, gradients, hessians } = part
  for (let i = part.start; i < end; i++) {
    const word = words[rows[i]!]!
    const g = gradients[i]!
    const h = hessians[i]!
    const a = (word & 255) << 1
    histogram[a]! += g
    histogram[a + 1]! += h
    const b = 512 + ((word >>> 7) & 510)
    histogram[b]! += g
    histogram[b + 1]! += h
    const c = 1024 + ((word >>> 15) & 510)
    histogram[c]! += g
    histogram[c + 1]! += h
    const d = 1536 + ((word >>> 23) & 510)
    histogram[d]! += g
    histogram[d + 1]! += h
  }
}

/** parent − child, in place of the parent: the histogram of the other child. */
export function subtract(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!
}
