import { sigmoid } from './sigmoid.ts'

/** Views of the whole memory. Indices are addresses divided by the element's size. */
export interface MemoryViews {
  readonly floats: Float32Array
  readonly doubles: Float64Array
}

const LEAST_PROBABILITY = 1e-16
const SMALL_PRODUCT = 1e-250

/**
 * For rows start … end − 1, arguments `target, weight (0: none), scores, pairs, start, end, sums`: writes each row's
 * first and second derivative of the log loss by its score, p − y and p (1 − p), times its weight, and at `sums` three
 * float64: Σ weight × loss, Σ gradients, Σ hessians.
 */
export function deriveLogistic({ floats, doubles }: MemoryViews, args: Int32Array): void {
  const [target, weight, scores, pairs, start, end, sums] = addresses(args)
  let loss = 0
  let gradients = 0
  let hessians = 0
  // −Σ ln p is −ln Π p: one logarithm for many rows.
  let product = 1
  for (let row = start; row < end; row++) {
    const y = floats[target + row]!
    const p = sigmoid(floats[scores + row]!)
    const right = Math.max(LEAST_PROBABILITY, y > 0.5 ? p : 1 - p)
    let g = p - y
    let h = Math.max(LEAST_PROBABILITY, p * (1 - p))
    if (weight === 0) {
      product *= right
      if (product < SMALL_PRODUCT) {
        loss -= Math.log(product)
        product = 1
      }
    } else {
      const w = floats[weight + row]!
      g *= w
      h *= w
      loss -= w * Math.log(right)
    }
    gradients += g
    hessians += h
    floats[pairs + 2 * row] = g
    floats[pairs + 2 * row + 1] = h
  }
  doubles[sums] = loss - Math.log(product)
  doubles[sums + 1] = gradients
  doubles[sums + 2] = hessians
}

/** The same for half the squared error: gradient score − y, hessian 1; the loss that is summed is the squared error. */
export function deriveSquared({ floats, doubles }: MemoryViews, args: Int32Array): void {
  const [target, weight, scores, pairs, start, end, sums] = addresses(args)
  let loss = 0
  let gradients = 0
  let hessians = 0
  for (let row = start; row < end; row++) {
    const w = weight === 0 ? 1 : floats[weight + row]!
    const error = floats[scores + row]! - floats[target + row]!
    loss += w * error * error
    gradients += w * error
    hessians += w
    floats[pairs + 2 * row] = w * error
    floats[pairs + 2 * row + 1] = w
  }
  doubles[sums] = loss
  doubles[sums + 1] = gradients
  doubles[sums + 2] = hessians
}

function addresses(args: Int32Array): [number, number, number, number, number, number, number] {
  const float = (position: number): number => (args[position]! >>> 0) / 4
  return [float(0), float(1), float(2), float(3), args[4]!, args[5]!, (args[6]! >>> 0) / 8]
}
