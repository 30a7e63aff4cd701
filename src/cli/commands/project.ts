import type { CommandSpec } from '../command.ts'

// --header stands before --no-header: the other way round commander takes it for given.
export const projectCommands: readonly CommandSpec[] = [
  {
    name: 'init',
    args: '<name>',
    summary: 'Write a new project that works: from a table of your own, or from a template',
    examples: [
      'baton init churn --from customers.csv --target churned',
      'baton init tumours --from table.csv --no-header --target last',
      'baton init demo --template churn',
    ],
    options: [
      { flags: '--from <file>', summary: 'the table: .csv, .csv.gz, .parquet, .jsonl or .ndjson' },
      { flags: '--target <column>', summary: 'what to predict: a column, its position as #31, or last' },
      { flags: '--header', summary: 'the first line names the columns, whatever it looks like' },
      { flags: '--no-header', summary: 'the first line is data; columns are named column_1, column_2, …' },
      { flags: '--skip <lines>', summary: 'leave out this many lines at the top of the file' },
      { flags: '--no-run', summary: 'write the project only; the contract then asks no more than better than nothing' },
      { flags: '--ci <system>', summary: 'the CI template: gitlab or github (gitlab)' },
      { flags: '--template <name>', summary: 'copy an example: churn' },
    ],
    load: async () => (await import('../actions/init.ts')).initAction,
  },
  {
    name: 'test',
    args: '[files...]',
    summary: "Run the project's own tests with Node's test runner; nothing needs to be installed in the project",
    examples: ['baton test', 'baton test tests/contracts.test.ts'],
    load: async () => (await import('../actions/test.ts')).testAction,
  },
  {
    name: 'verify',
    summary: 'Read everything in the store and check it against its digest',
    examples: ['baton verify', 'baton verify --clean'],
    options: [{ flags: '--clean', summary: 'remove what stopped runs left behind' }],
    load: async () => (await import('../actions/verify.ts')).verifyAction,
  },
  {
    name: 'config',
    summary: 'Print every setting with its value and where that came from',
    examples: ['baton config', 'BATON_MEMORY_LIMIT="2 GB" baton config'],
    load: async () => (await import('../actions/config.ts')).configAction,
  },
  {
    name: 'version',
    summary: 'Print the versions of Baton and of what it stands on',
    examples: ['baton version --json'],
    load: async () => (await import('../actions/version.ts')).versionAction,
  },
]
