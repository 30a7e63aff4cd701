import type { CommandSpec } from '../command.ts'

export const upCommands: readonly CommandSpec[] = [
  {
    name: 'up',
    summary: 'Start the server: the page, the interface for programs, and all that MLflow clients ask for',
    examples: ['baton up', 'baton up --port 8080', 'baton up --port 0 --log-level debug'],
    options: [
      { flags: '--port <port>', summary: 'the port (5000); 0 takes a free one' },
      { flags: '--host <address>', summary: 'the address to listen on (127.0.0.1, this machine only)' },
      { flags: '--log-level <level>', summary: 'debug shows every request; info, warn or error (info)' },
    ],
    load: async () => (await import('../actions/up.ts')).upAction,
  },
]
