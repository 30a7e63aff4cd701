import type { FittedModel, ModelFeature } from '../fitted-model.ts'
import { exportBoosted, exportConstant } from './export-boosted.ts'
import { exportLinear } from './export-linear.ts'
import { type Edge, GraphBuilder } from './graph-builder.ts'

/** The name of the one output of every exported model: one float32 per row. */
export const OUTPUT_NAME = 'score'

/**
 * A fitted model as an ONNX file (ai.onnx 17, ai.onnx.ml 3). Each feature is an input of its own name: a float32
 * vector, NaN for null, or a string vector, the empty string for null. All preprocessing is inside.
 */
export function exportModel(
  model: FittedModel,
  features: readonly ModelFeature[],
  facts: { readonly version: string; readonly metadata: Readonly<Record<string, string>> },
): Uint8Array {
  const graph = new GraphBuilder()
  for (const feature of features) graph.column(feature.name, feature.kind === 'numeric' ? 'float' : 'string')
  const score = exportPart(graph, model, features)
  graph.node('Reshape', [score, graph.ints([-1])], { output: OUTPUT_NAME })
  return graph.toBytes(OUTPUT_NAME, facts)
}

function exportPart(graph: GraphBuilder, model: FittedModel, features: readonly ModelFeature[]): Edge {
  switch (model.kind) {
    case 'constant':
      return exportConstant(graph, model.value, features[0])
    case 'boosted':
      return exportBoosted(graph, model)
    case 'linear':
      return exportLinear(graph, model)
    case 'blended': {
      const parts = model.members.map((member) => exportPart(graph, member, features))
      const total = graph.node('Sum', parts)
      return graph.node('Mul', [total, graph.floats([1 / parts.length], [1, 1])])
    }
  }
}
