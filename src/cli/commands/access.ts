import type { CommandSpec } from '../command.ts'

const role = { flags: '--role <role>', summary: 'viewer, data_scientist, engineer or admin (viewer)' }
const inProject = { flags: '--in <project>', summary: 'the project the role is for (this one); all: every project' }

export const accessCommands: readonly CommandSpec[] = [
  {
    name: 'users add',
    args: '<name>',
    summary: 'Add a user who may sign in to the server',
    examples: ['baton users add ana --role data_scientist', 'baton users add ben --role admin --password-stdin'],
    options: [
      role,
      inProject,
      { flags: '--password-stdin', summary: 'read a password from standard input; without one, only tokens sign in' },
    ],
    load: async () => (await import('../actions/users.ts')).addUserAction,
  },
  {
    name: 'users list',
    summary: 'List the users with their roles',
    examples: ['baton users list'],
    load: async () => (await import('../actions/users.ts')).listUsersAction,
  },
  {
    name: 'users grant',
    args: '<name>',
    summary: 'Give a user another role',
    examples: ['baton users grant ana --role engineer', 'baton users grant ana --role viewer --in all'],
    options: [role, inProject],
    load: async () => (await import('../actions/users.ts')).grantRoleAction,
  },
  {
    name: 'users password',
    args: '<name>',
    summary: 'Give a user another password, read from standard input; sessions of browsers end',
    examples: ['baton users password ana'],
    load: async () => (await import('../actions/users.ts')).setPasswordAction,
  },
  {
    name: 'users remove',
    args: '<name>',
    summary: 'Remove a user; every token is revoked at once',
    examples: ['baton users remove ana'],
    load: async () => (await import('../actions/users.ts')).removeUserAction,
  },
  {
    name: 'tokens create',
    args: '<user>',
    summary: 'Make a token for a user; it is shown once',
    examples: ['baton tokens create ana --label laptop', 'baton tokens create ci --label nightly --expires never'],
    options: [
      { flags: '--label <text>', summary: 'what it is for' },
      { flags: '--expires <time>', summary: 'how long it lives: 12h, 90d, 8w or never (90d)' },
    ],
    load: async () => (await import('../actions/tokens.ts')).createTokenAction,
  },
  {
    name: 'tokens list',
    args: '[user]',
    summary: 'List the tokens, without their secrets',
    examples: ['baton tokens list', 'baton tokens list ana'],
    load: async () => (await import('../actions/tokens.ts')).listTokensAction,
  },
  {
    name: 'tokens revoke',
    args: '<id>',
    summary: 'End a token at once',
    examples: ['baton tokens revoke 4f2a91c0'],
    load: async () => (await import('../actions/tokens.ts')).revokeTokenAction,
  },
]
