import type { CliApp } from '../cli/app-interface.ts'
import {
  addUser,
  createToken,
  grantRole,
  listTokens,
  listUsers,
  parseLife,
  removeUser,
  revokeToken,
  setPassword,
} from '../modules/access/index.ts'
import type { AppContexts } from './contexts.ts'

type AccessCommands = Pick<
  CliApp,
  'addUser' | 'grantRole' | 'setPassword' | 'removeUser' | 'listUsers' | 'createToken' | 'listTokens' | 'revokeToken'
>

/** What `baton users …` and `baton tokens …` call: whoever may write the store's database is an admin already. */
export function accessCommands({ access, who }: AppContexts): AccessCommands {
  return {
    addUser: (name, options) => addUser(access, { name, ...options, by: who }),
    grantRole: (name, options) => grantRole(access, name, { ...options, by: who }),
    setPassword: (name, password) => setPassword(access, name, password),
    removeUser: (name) => removeUser(access, name),
    listUsers: () => listUsers(access),
    async createToken(user, { label, life }) {
      const { token, secret } = await createToken(access, { user, label, lifeMs: parseLife(life) })
      return { token, secret: secret.reveal() }
    },
    listTokens: (user) => listTokens(access, user === undefined ? {} : { user }),
    revokeToken: (id) => revokeToken(access, id),
  }
}
