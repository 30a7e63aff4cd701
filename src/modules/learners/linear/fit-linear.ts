import type { TrainingTable } from '../data/training-table.ts'
import type { FitResult, Link, LinearModel } from '../fitted-model.ts'
import { sharesOf } from '../boosting/importance.ts'
import type { LogisticRegressionSpec, RidgeRegressionSpec } from '../spec.ts'
import { buildDesign, type Design } from './design.ts'
import { minimize, type Objective } from './lbfgs.ts'

const GRADIENT_TOLERANCE = 1e-7

export interface LinearOptions {
  readonly seed: number
  readonly onRound?: (round: number, limit: number) => void
}

/**
 * Fits Σ wᵢ·loss(yᵢ, b + xᵢ·β) + l2/2·‖β‖² on standardised columns; the intercept is free. Logistic loss gives
 * scikit-learn's LogisticRegression with C = 1 / l2, half the squared error its Ridge with alpha = l2.
 */
export function fitLinear(
  spec: LogisticRegressionSpec | RidgeRegressionSpec,
  table: TrainingTable,
  options: LinearOptions,
): FitResult {
  const link: Link = spec.kind === 'logisticRegression' ? 'logistic' : 'identity'
  const design = buildDesign(table, spec, options.seed)
  const layout = layOut(design)
  const objective = linearObjective({ design, layout, table, link, l2: spec.l2 })
  const start = new Float64Array(layout.size)
  start[0] = startingIntercept(table, link)
  const { onRound } = options
  const found = minimize(objective, start, {
    maxIterations: spec.maxIterations,
    gradientTolerance: GRADIENT_TOLERANCE,
    ...(onRound === undefined ? {} : { onIteration: (iteration) => onRound(iteration, spec.maxIterations) }),
  })
  return {
    model: toModel(design, layout, { point: found.point, link }),
    task: link === 'logistic' ? 'binary' : 'regression',
    history: [],
    importance: importanceOf(design, layout, found.point),
  }
}

/** Where each block's coefficients lie in the parameter vector; 0 is the intercept. */
interface Layout {
  readonly size: number
  readonly numeric: readonly { readonly weight: number; readonly missing: number }[]
  readonly categorical: readonly number[]
}

function layOut(design: Design): Layout {
  let next = 1
  const numeric = design.numeric.map((block) => ({ weight: next++, missing: block.rule.sawMissing ? next++ : -1 }))
  const categorical = design.categorical.map((block) => {
    const first = next
    next += block.categories.length + 1
    return first
  })
  return { size: next, numeric, categorical }
}

function startingIntercept(table: TrainingTable, link: Link): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < table.rows; row++) {
    const weight = table.weight?.[row] ?? 1
    sum += weight * table.target[row]!
    total += weight
  }
  const mean = sum / total
  return link === 'identity' ? mean : Math.log(mean / (1 - mean))
}

interface Problem {
  readonly design: Design
  readonly layout: Layout
  readonly table: TrainingTable
  readonly link: Link
  readonly l2: number
}

/** The objective divided by the total weight, so that tolerances do not depend on the number of rows. */
function linearObjective({ design, layout, table, link, l2 }: Problem): Objective {
  const { rows } = design
  const residual = new Float64Array(rows)
  let total = 0
  for (let row = 0; row < rows; row++) total += table.weight?.[row] ?? 1
  return (point, gradient) => {
    addScores(design, layout, { point, scores: residual })
    let value = 0
    let residualSum = 0
    for (let row = 0; row < rows; row++) {
      const score = residual[row]!
      const y = table.target[row]!
      const w = table.weight === undefined ? 1 : table.weight[row]!
      let error: number
      if (link === 'logistic') {
        const decay = Math.exp(-Math.abs(score))
        value += w * (Math.log1p(decay) + Math.max(score, 0) - y * score)
        error = (score >= 0 ? 1 / (1 + decay) : decay / (1 + decay)) - y
      } else {
        error = score - y
        value += (w * error * error) / 2
      }
      residual[row] = w * error
      residualSum += w * error
    }
    gradient.fill(0)
    gradient[0] = residualSum
    addGradient(design, layout, { residual, gradient })
    for (let k = 1; k < point.length; k++) {
      value += (l2 / 2) * point[k]! * point[k]!
      gradient[k]! += l2 * point[k]!
    }
    for (let k = 0; k < gradient.length; k++) gradient[k]! /= total
    return value / total
  }
}

function addScores(
  design: Design,
  layout: Layout,
  { point, scores }: { readonly point: Float64Array; readonly scores: Float64Array },
): void {
  scores.fill(point[0]!)
  design.numeric.forEach((block, index) => {
    const { weight, missing } = layout.numeric[index]!
    const coefficient = point[weight]!
    const { values } = block
    for (let row = 0; row < values.length; row++) scores[row]! += coefficient * values[row]!
    if (missing >= 0) for (const row of block.missingRows) scores[row]! += point[missing]!
  })
  design.categorical.forEach((block, index) => {
    const first = layout.categorical[index]!
    const { codes } = block
    for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) scores[row]! += point[first + codes[row]!]!
  })
}

function addGradient(
  design: Design,
  layout: Layout,
  { residual, gradient }: { readonly residual: Float64Array; readonly gradient: Float64Array },
): void {
  design.numeric.forEach((block, index) => {
    const { weight, missing } = layout.numeric[index]!
    const { values } = block
    let sum = 0
    for (let row = 0; row < values.length; row++) sum += residual[row]! * values[row]!
    gradient[weight] = sum
    if (missing >= 0) for (const row of block.missingRows) gradient[missing]! += residual[row]!
  })
  design.categorical.forEach((block, index) => {
    const first = layout.categorical[index]!
    const { codes } = block
    for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) gradient[first + codes[row]!]! += residual[row]!
  })
}

function toModel(
  design: Design,
  layout: Layout,
  { point, link }: { readonly point: Float64Array; readonly link: Link },
): LinearModel {
  return {
    kind: 'linear',
    link,
    intercept: point[0]!,
    numeric: design.numeric.map(({ rule }, index) => {
      const { weight, missing } = layout.numeric[index]!
      const { sawMissing: _, ...term } = rule
      return { ...term, weight: point[weight]!, missingWeight: missing < 0 ? 0 : point[missing]! }
    }),
    categorical: design.categorical.map((block, index) => {
      const first = layout.categorical[index]!
      const { length } = block.categories
      return {
        name: block.name,
        categories: block.categories,
        weights: Array.from(point.subarray(first, first + length)),
        missingWeight: point[first + length]!,
      }
    }),
  }
}

/** |coefficient| on the standardised column; for categories the spread of their coefficients over the rows. */
function importanceOf(design: Design, layout: Layout, point: Float64Array): FitResult['importance'] {
  const amounts = design.numeric.map(({ rule }, index) => ({
    name: rule.name,
    amount: rule.scale === 0 ? 0 : Math.abs(point[layout.numeric[index]!.weight]!),
  }))
  design.categorical.forEach((block, index) => {
    const first = layout.categorical[index]!
    let sum = 0
    let squares = 0
    for (const code of block.codes) {
      const weight = code < 0 ? 0 : point[first + code]!
      sum += weight
      squares += weight * weight
    }
    const mean = sum / block.codes.length
    amounts.push({ name: block.name, amount: Math.sqrt(Math.max(0, squares / block.codes.length - mean * mean)) })
  })
  return sharesOf(amounts)
}
