/** A smooth function: gives the value at `point` and writes its gradient. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number

export interface MinimizeOptions {
  readonly maxIterations: number
  /** Ends when no component of the gradient is larger than this times max(1, |f|). */
  readonly gradientTolerance: number
  /** Called after each iteration; throws to stop. */
  readonly onIteration?: (iteration: number, value: number) => void
}

export interface Minimum {
  readonly point: Float64Array
  readonly value: number
  readonly iterations: number
  readonly converged: boolean
}

const MEMORY = 10
const ARMIJO = 1e-4
const CURVATURE = 0.9

/** Limited-memory BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5) with a bracketing line search for the weak Wolfe conditions. */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Minimum {
  const n = start.length
  let point: Float64Array = start.slice()
  let gradient: Float64Array = new Float64Array(n)
  let value = objective(point, gradient)
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = []
  for (let iteration = 1; iteration <= options.maxIterations; iteration++) {
    if (largest(gradient) <= options.gradientTolerance * Math.max(1, Math.abs(value))) {
      return { point, value, iterations: iteration - 1, converged: true }
    }
    const direction = twoLoop(gradient, steps)
    let slope = dot(direction, gradient)
    if (!(slope < 0)) {
      steps.length = 0
      for (let i = 0; i < n; i++) direction[i] = -gradient[i]!
      slope = -dot(gradient, gradient)
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1
    const found = lineSearch(objective, { point, value, direction, slope }, first)
    if (found === undefined) return { point, value, iterations: iteration - 1, converged: false }
    const s = new Float64Array(n)
    const y = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      s[i] = found.point[i]! - point[i]!
      y[i] = found.gradient[i]! - gradient[i]!
    }
    const curvature = dot(s, y)
    if (curvature > 1e-300) {
      steps.push({ s, y, rho: 1 / curvature })
      if (steps.length > MEMORY) steps.shift()
    }
    point = found.point
    gradient = found.gradient
    value = found.value
    options.onIteration?.(iteration, value)
  }
  return { point, value, iterations: options.maxIterations, converged: false }
}

function twoLoop(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.slice()
  const alphas: number[] = []
  for (const { s, y, rho } of steps.toReversed()) {
    const alpha = rho * dot(s, q)
    alphas.push(alpha)
    for (let i = 0; i < q.length; i++) q[i]! -= alpha * y[i]!
  }
  const last = steps.at(-1)
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y))
    for (let i = 0; i < q.length; i++) q[i]! *= scale
  }
  for (const { s, y, rho } of steps) {
    const beta = rho * dot(y, q)
    const alpha = alphas.pop()!
    for (let i = 0; i < q.length; i++) q[i]! += s[i]! * (alpha - beta)
  }
  for (let i = 0; i < q.length; i++) q[i] = -q[i]!
  return q
}

interface Ray {
  readonly point: Float64Array
  readonly value: number
  readonly direction: Float64Array
  readonly slope: number
}

function lineSearch(
  objective: Objective,
  ray: Ray,
  first: number,
): { point: Float64Array; gradient: Float64Array; value: number } | undefined {
  let low = 0
  let high = Infinity
  let step = first
  let fallback: { point: Float64Array; gradient: Float64Array; value: number } | undefined
  for (let attempt = 0; attempt < 50; attempt++) {
    const point = new Float64Array(ray.point.length)
    for (let i = 0; i < point.length; i++) point[i] = ray.point[i]! + step * ray.direction[i]!
    const gradient = new Float64Array(point.length)
    const value = objective(point, gradient)
    if (!(value <= ray.value + ARMIJO * step * ray.slope)) high = step
    else if (dot(gradient, ray.direction) < CURVATURE * ray.slope) {
      low = step
      if (value < ray.value) fallback = { point, gradient, value }
    } else return { point, gradient, value }
    step = high === Infinity ? 2 * step : (low + high) / 2
  }
  return fallback
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
