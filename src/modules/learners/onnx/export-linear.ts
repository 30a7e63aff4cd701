import type { LinearModel, LinearNumericTerm } from '../fitted-model.ts'
import { type Edge, type GraphBuilder, ML_DOMAIN } from './graph-builder.ts'

/** Adds a linear model with its imputation, scaling and one-hot weights to the graph; gives the output, [N, 1]. */
export function exportLinear(graph: GraphBuilder, model: LinearModel): Edge {
  const plain = model.numeric.filter((term) => !term.signedLog)
  const logarithmic = model.numeric.filter((term) => term.signedLog)
  const parts: Edge[] = []
  if (plain.length > 0) parts.push(numericPart(graph, plain))
  if (logarithmic.length > 0) parts.push(numericPart(graph, logarithmic))
  for (const term of model.categorical) {
    // A missing value arrives as the empty string; whatever is not in the list adds 0.
    const categories = [...term.categories, '']
    parts.push(
      graph.node('LabelEncoder', [graph.column(term.name, 'string')], {
        domain: ML_DOMAIN,
        attributes: {
          keys_strings: { strings: categories },
          values_floats: { floats: [...term.weights, term.missingWeight] },
          default_float: { float: 0 },
        },
      }),
    )
  }
  const score = graph.node('Sum', [...parts, graph.floats([model.intercept], [1, 1])])
  return model.link === 'logistic' ? graph.node('Sigmoid', [score]) : score
}

function numericPart(graph: GraphBuilder, terms: readonly LinearNumericTerm[]): Edge {
  const row = (pick: (term: LinearNumericTerm) => number): Edge => graph.floats(terms.map(pick), [1, terms.length])
  const columns = terms.map((term) => graph.column(term.name, 'float'))
  const raw = columns.length === 1 ? columns[0]! : graph.node('Concat', columns, { attributes: { axis: { int: 1 } } })
  const missing = graph.node('IsNaN', [raw])
  const filled = graph.node('Where', [missing, row((term) => term.fill), raw])
  const transformed = terms[0]!.signedLog ? signedLog(graph, filled) : filled
  const clipped = graph.node('Min', [
    graph.node('Max', [transformed, row((term) => term.low)]),
    row((term) => term.high),
  ])
  const centred = graph.node('Sub', [clipped, row((term) => term.mean)])
  const weighed = graph.node('Mul', [centred, row((term) => term.scale * term.weight)])
  const summed = sumOfRow(graph, weighed)
  if (terms.every((term) => term.missingWeight === 0)) return summed
  const indicators = graph.node('Cast', [missing], { attributes: { to: { int: 1 } } })
  const added = sumOfRow(graph, graph.node('Mul', [indicators, row((term) => term.missingWeight)]))
  return graph.node('Add', [summed, added])
}

function signedLog(graph: GraphBuilder, edge: Edge): Edge {
  const magnitude = graph.node('Log', [graph.node('Add', [graph.node('Abs', [edge]), graph.floats([1])])])
  return graph.node('Mul', [graph.node('Sign', [edge]), magnitude])
}

function sumOfRow(graph: GraphBuilder, edge: Edge): Edge {
  return graph.node('ReduceSum', [edge, graph.ints([1])], { attributes: { keepdims: { int: 1 } } })
}
