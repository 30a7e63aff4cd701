import type { CommandSpec } from '../command.ts'

const param = {
  flags: '-p, --param <name=value>',
  summary: 'a parameter of the pipeline; may stand more than once',
  repeat: true,
}

export const runCommands: readonly CommandSpec[] = [
  {
    name: 'run',
    args: '[pipeline]',
    summary: 'Run a pipeline; steps whose inputs did not change are taken from the cache',
    examples: ['baton run churn', 'baton run churn --param horizonDays=60 -j 4', 'baton run churn --dry-run'],
    options: [
      param,
      { flags: '-j, --jobs <count>', summary: 'how many steps may run at the same time' },
      { flags: '--dry-run', summary: 'say for every step whether it would run, and why; run nothing' },
      { flags: '--force [step]', summary: 'run this step, or every step, even when it is cached' },
      { flags: '--only <step>', summary: 'run this step alone, on the cached outputs of those before it' },
      { flags: '--from <step>', summary: 'run this step and all that depend on it' },
      { flags: '--keep-going', summary: 'after a failure go on with the steps that do not need the failed one' },
    ],
    load: async () => (await import('../actions/run.ts')).runAction,
  },
  {
    name: 'explain',
    args: '<step>',
    summary: 'Say why a step would run or not: the difference of two cache keys, part by part',
    examples: ['baton explain train', 'baton explain train --pipeline churn --run 0198c2d1'],
    options: [
      { flags: '--pipeline <name>', summary: 'the pipeline, when the project has several' },
      { flags: '--run <run>', summary: 'compare with this run instead of the latest' },
      param,
      { flags: '--all', summary: 'also list the parts that are the same' },
    ],
    load: async () => (await import('../actions/explain.ts')).explainAction,
  },
  {
    name: 'reproduce',
    args: '<run>',
    summary: 'Restore the code, data and parameters of a run, run it again, and compare every output',
    examples: ['baton reproduce 0198c2d1', 'baton reproduce 0198c2d1 --tolerance 1e-9'],
    options: [{ flags: '--tolerance <share>', summary: 'how far numbers may differ, relative to their size' }],
    load: async () => (await import('../actions/reproduce.ts')).reproduceAction,
  },
]
