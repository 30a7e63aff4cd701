import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { ModelRuntime } from '../../ports/model-runtime.ts'
import { NotAModelError } from './errors.ts'
import { readMlModel } from './mlmodel.ts'
import { createOnnxRuntime } from './onnx/index.ts'
import { createPythonRuntime, type PythonRuntimeOptions } from './python/index.ts'

export { createOnnxRuntime, createPythonRuntime, type PythonRuntimeOptions }

/** Loads any model folder: ONNX in this process, other MLflow models in a Python process of the user's own. */
export function createModelRuntime(options: PythonRuntimeOptions = {}): ModelRuntime {
  const onnx = createOnnxRuntime()
  const python = createPythonRuntime(options)
  return {
    async load(folder) {
      const mlmodel = readMlModel(folder)
      if (existsSync(join(folder, 'model.onnx')) || mlmodel?.flavors.includes('onnx')) return onnx.load(folder)
      if (mlmodel?.flavors.includes('python_function')) return python.load(folder)
      throw new NotAModelError(
        folder,
        mlmodel === undefined
          ? 'The folder has neither a model.onnx nor an MLmodel file.'
          : `The MLmodel file has flavours ${mlmodel.flavors.join(', ') || '(none)'}; one of onnx and python_function is needed.`,
        'Write model.onnx into the folder, or save the model with mlflow.<flavour>.save_model.',
      )
    },
  }
}
