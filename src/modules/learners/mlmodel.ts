import type { ModelSignature } from '../../ports/model-runtime.ts'
import type { ModelFeature } from './fitted-model.ts'
import { OUTPUT_NAME } from './onnx/export-model.ts'

/**
 * The `MLmodel` file of MLflow's onnx flavour (mlflow.onnx.save_model), so that `mlflow.pyfunc.load_model` loads the
 * folder. JSON is YAML, so every value is written as JSON.
 */
export function mlmodelText(signature: ModelSignature, features: readonly ModelFeature[]): string {
  const inputs = features.map((feature) => ({
    type: feature.kind === 'numeric' ? 'double' : 'string',
    name: feature.name,
    // The column must be there; a missing value in it may be NaN or None.
    required: true,
  }))
  const outputs = [{ type: 'double', name: OUTPUT_NAME, required: true }]
  const lines = [
    'flavors:',
    '  onnx:',
    '    code: null',
    '    data: model.onnx',
    '    onnx_session_options: null',
    '    onnx_version: 1.12.0',
    '    providers:',
    '    - CPUExecutionProvider',
    '  python_function:',
    '    data: model.onnx',
    '    loader_module: mlflow.onnx',
    'metadata:',
    `  baton_task: ${signature.task}`,
    'signature:',
    `  inputs: ${quoted(JSON.stringify(inputs))}`,
    `  outputs: ${quoted(JSON.stringify(outputs))}`,
    '  params: null',
  ]
  return `${lines.join('\n')}\n`
}

/** A YAML string in single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
