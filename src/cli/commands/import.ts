import type { CommandSpec } from '../command.ts'

export const importCommands: readonly CommandSpec[] = [
  {
    name: 'import mlflow',
    summary:
      'Bring experiments, runs, artifacts and registered models from an MLflow store; again brings only what is new',
    examples: ['baton import mlflow --from mlruns', 'baton import mlflow --from mlflow.db'],
    options: [{ flags: '--from <place>', summary: 'the folder mlruns, or the SQLite file of the store' }],
    load: async () => (await import('../actions/import.ts')).importMlflowAction,
  },
]
