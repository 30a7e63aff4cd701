import type { CommandSpec } from '../command.ts'

const filters = [
  { flags: '--pipeline <name>', summary: 'only runs of this pipeline' },
  { flags: '--state <state>', summary: 'only running, finished, failed or stopped ones' },
  { flags: '--filter <expression>', summary: 'only runs that this holds for, in the search language of MLflow' },
  { flags: '--since <date>', summary: 'only runs that began at or after this date' },
  { flags: '--steps', summary: 'also the runs of single steps' },
]

const pages = [
  { flags: '-n, --limit <count>', summary: 'how many at most (20)' },
  { flags: '--after <token>', summary: 'the page after another one, which ends with its token' },
]

export const runsCommands: readonly CommandSpec[] = [
  {
    name: 'runs list',
    summary: 'List runs, the latest first',
    examples: [
      'baton runs list',
      'baton runs list --pipeline churn --state failed --since 2026-01-01',
      'baton runs list --filter "metrics.rocAuc > 0.7"',
    ],
    options: [...filters, ...pages],
    load: async () => (await import('../actions/runs.ts')).listRunsAction,
  },
  {
    name: 'runs show',
    args: '<run>',
    summary: 'Show all that is recorded of a run: commit, params, inputs, outputs, metrics, notes',
    examples: ['baton runs show 0198c2d1', 'baton runs show 0198c2d1 --json'],
    load: async () => (await import('../actions/runs.ts')).showRunAction,
  },
  {
    name: 'runs export',
    summary: 'Write the experiment record: a table with 13 columns, one line a run',
    examples: ['baton runs export --csv experiments.csv', 'baton runs export --csv - --pipeline churn'],
    options: [{ flags: '--csv <file>', summary: 'the file to write; "-" is the terminal' }, ...filters],
    load: async () => (await import('../actions/runs.ts')).exportRunsAction,
  },
  {
    name: 'runs note',
    args: '<run> <text>',
    summary: 'Add a note to a run: what was tried, what was learned',
    examples: ['baton runs note 0198c2d1 "longer horizon, recall fell"'],
    load: async () => (await import('../actions/runs.ts')).noteRunAction,
  },
]
