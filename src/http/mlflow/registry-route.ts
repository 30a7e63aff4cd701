import type { z } from 'zod'

import { BatonError } from '../../kernel/errors.ts'
import { MlflowError } from './mlflow-error.ts'
import { mlflowRoute, type MlflowRoute } from './route.ts'

/** What MLflow's registry says where ours says it in other words; its clients are tested with these. */
function inMlflowWords(error: unknown): unknown {
  if (!(error instanceof BatonError)) return error
  const { model, version, alias } = error.details
  switch (error.code) {
    case 'models.not_found':
      return new MlflowError('RESOURCE_DOES_NOT_EXIST', `Registered Model with name=${String(model)} not found`)
    case 'models.version_not_found':
      return new MlflowError(
        'RESOURCE_DOES_NOT_EXIST',
        `Model Version (name=${String(model)}, version=${String(version)}) not found`,
      )
    case 'models.alias_not_found':
      return new MlflowError('INVALID_PARAMETER_VALUE', `Registered model alias ${String(alias)} not found.`)
    default:
      return error
  }
}

/** An endpoint of the registry, which fails in MLflow's words. */
export function registryRoute<Schema extends z.ZodObject>(
  facts: Parameters<typeof mlflowRoute<Schema>>[0],
): MlflowRoute {
  return mlflowRoute<Schema>({
    ...facts,
    async answer(app, request, caller) {
      try {
        return await facts.answer(app, request, caller)
      } catch (error) {
        throw inMlflowWords(error)
      }
    },
  })
}
