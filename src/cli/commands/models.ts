import type { CommandSpec } from '../command.ts'

const alias = { flags: '--alias <alias>', summary: 'the alias to move back (champion)' }
const who = { flags: '--who <name>', summary: 'who decides, when it is not you' }
const why = { flags: '--why <text>', summary: 'the reason, kept with the promotion' }

export const modelsCommands: readonly CommandSpec[] = [
  {
    name: 'models list',
    summary: 'List the registered models and who is champion',
    examples: ['baton models list'],
    load: async () => (await import('../actions/models.ts')).listModelsAction,
  },
  {
    name: 'models show',
    args: '<model>',
    summary: 'Show a model version: its gate, metrics, inputs and promotions',
    examples: ['baton models show churn', 'baton models show churn@7', 'baton models show churn@champion'],
    load: async () => (await import('../actions/models.ts')).showModelAction,
  },
  {
    name: 'models promote',
    args: '<model>',
    summary: 'Give a model version an alias; who, when and why are kept',
    examples: ['baton models promote churn@7 --to champion --why "better on new customers"'],
    options: [
      { flags: '--to <alias>', summary: 'the alias: champion or challenger (champion)' },
      why,
      who,
      {
        flags: '--force',
        summary: 'also when callers of the present version would break, or no gate has judged the version',
      },
    ],
    load: async () => (await import('../actions/models.ts')).promoteModelAction,
  },
  {
    name: 'models rollback',
    args: '<model>',
    summary: 'Give an alias back to the version that had it before',
    examples: ['baton models rollback churn --why "complaints from the shop"'],
    options: [alias, why, who],
    load: async () => (await import('../actions/models.ts')).rollbackModelAction,
  },
  {
    name: 'predict',
    args: '<model>',
    summary: 'Score a file or dataset with a model; rows that break its contract are put aside with reasons',
    examples: [
      'baton predict churn@champion --input customers.csv --output scores.parquet',
      'baton predict churn@7 --input customers@3 --output scores.csv --threshold 0.4',
    ],
    options: [
      {
        flags: '--input <file-or-dataset>',
        summary: 'what to score: a CSV, Parquet or JSON lines file, or name@version',
      },
      { flags: '--output <file>', summary: 'where the scores go: .parquet, .csv or .jsonl' },
      { flags: '--columns <names>', summary: 'the input columns to keep beside the score, with commas (all)' },
      { flags: '--threshold <score>', summary: 'add a decision: true from this score on' },
    ],
    load: async () => (await import('../actions/predict.ts')).predictAction,
  },
]
