import type { CommandSpec } from '../command.ts'

export const dataCommands: readonly CommandSpec[] = [
  {
    name: 'data list',
    summary: 'List the datasets with their latest version',
    examples: ['baton data list'],
    load: async () => (await import('../actions/data.ts')).listDatasetsAction,
  },
  {
    name: 'data show',
    args: '<dataset>',
    summary: 'Show the columns and the versions of a dataset',
    examples: ['baton data show customers', 'baton data show customers@3', 'baton data show customers@2026-01-12'],
    load: async () => (await import('../actions/data.ts')).showDatasetAction,
  },
  {
    name: 'data head',
    args: '<dataset>',
    summary: 'Print the first rows of a dataset',
    examples: ['baton data head customers', 'baton data head customers@3 -n 20'],
    options: [{ flags: '-n, --rows <count>', summary: 'how many rows (10)' }],
    load: async () => (await import('../actions/data.ts')).headDatasetAction,
  },
  {
    name: 'data tag',
    args: '<dataset> <tag>',
    summary: 'Give a version a name that stays: afterwards name@tag reads it',
    examples: ['baton data tag customers@3 board-meeting'],
    options: [{ flags: '--move', summary: 'also when the tag names another version now' }],
    load: async () => (await import('../actions/data.ts')).tagDatasetAction,
  },
]
