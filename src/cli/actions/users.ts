import type { User } from '../../modules/access/index.ts'
import { defineAction } from '../command.ts'
import { WrongArgumentsError } from '../errors.ts'
import { argument, type CommandInput, flagOption, textOption } from '../input.ts'
import { formatAgo } from '../print/quantities.ts'
import { formatTable } from '../print/table.ts'
import type { Shell } from '../shell.ts'

function roleOptions(input: CommandInput): { readonly role: string; readonly project?: string } {
  const project = textOption(input, 'in')
  const role = textOption(input, 'role') ?? 'viewer'
  return project === undefined ? { role } : { role, project: project === 'all' ? '*' : project }
}

async function readPassword(shell: Shell, command: string): Promise<string> {
  const password = await shell.firstInputLine()
  if (password === '') {
    throw new WrongArgumentsError(
      `"${command}" reads the password from standard input, and there is none: echo "$PASSWORD" | ${command} …`,
      command,
    )
  }
  return password
}

function rolesText(user: User): string {
  const roles = Object.entries(user.roles)
  return roles.map(([project, role]) => `${role} in ${project === '*' ? 'all projects' : project}`).join(', ')
}

export const addUserAction = defineAction<User>({
  async run(shell, input) {
    const wantsPassword = flagOption(input, 'passwordStdin')
    const password = wantsPassword ? { password: await readPassword(shell, 'baton users add --password-stdin') } : {}
    const app = await shell.app()
    return app.addUser(argument(input, 0), { ...roleOptions(input), ...password })
  },
  text: (user) =>
    `${user.name} is ${rolesText(user)}\n\nnext  ${user.hasPassword ? 'baton up' : `baton tokens create ${user.name}`}`,
})

export const grantRoleAction = defineAction<User>({
  async run(shell, input) {
    const app = await shell.app()
    return app.grantRole(argument(input, 0), roleOptions(input))
  },
  text: (user) => `${user.name} is ${rolesText(user)} now`,
})

export const setPasswordAction = defineAction<{ readonly name: string }>({
  async run(shell, input) {
    const name = argument(input, 0)
    const password = await readPassword(shell, 'baton users password')
    await (await shell.app()).setPassword(name, password)
    return { name }
  },
  text: ({ name }) => `${name} has another password now`,
})

export const removeUserAction = defineAction<{ readonly name: string }>({
  async run(shell, input) {
    const name = argument(input, 0)
    await (await shell.app()).removeUser(name)
    return { name }
  },
  text: ({ name }) => `${name} may not sign in any more; every token of ${name} is revoked`,
})

export const listUsersAction = defineAction<readonly User[]>({
  async run(shell) {
    return (await shell.app()).listUsers()
  },
  text(users, screen, now) {
    if (users.length === 0) return 'There are no users yet. Add one: baton users add NAME --role admin'
    return formatTable(
      screen,
      [
        { title: 'user', value: (user) => user.name, whole: true },
        { title: 'role', value: rolesText },
        { title: 'signs in with', value: (user) => (user.hasPassword ? 'password or token' : 'token') },
        { title: 'added', value: (user) => formatAgo(new Date(user.createdAt), now) },
      ],
      users,
    )
  },
})
