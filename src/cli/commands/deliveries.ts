import type { CommandSpec } from '../command.ts'

export const deliveriesCommands: readonly CommandSpec[] = [
  {
    name: 'deliveries list',
    summary: 'List the batches that p.notify has sent or could not send, the latest first',
    examples: ['baton deliveries list', 'baton deliveries list --state refused'],
    options: [
      { flags: '--state <state>', summary: 'only delivered, pending or refused ones' },
      { flags: '--pipeline <name>', summary: 'only batches of this pipeline' },
      { flags: '--step <step>', summary: 'only batches of this step' },
      { flags: '-n, --limit <count>', summary: 'how many at most (20)' },
      { flags: '--after <token>', summary: 'the page after another one, which ends with its token' },
    ],
    load: async () => (await import('../actions/deliveries.ts')).listDeliveriesAction,
  },
]
