import type { Token } from '../../modules/access/index.ts'
import { defineAction } from '../command.ts'
import { argument, textOption } from '../input.ts'
import { formatAgo } from '../print/quantities.ts'
import { formatTable } from '../print/table.ts'

interface Made {
  readonly token: Token
  readonly secret: string
}

function endText(token: Token): string {
  if (token.state === 'revoked') return `revoked ${token.revokedAt!.slice(0, 10)}`
  if (token.expiresAt === undefined) return 'never'
  return `${token.state === 'expired' ? 'expired ' : ''}${token.expiresAt.slice(0, 10)}`
}

export const createTokenAction = defineAction<Made>({
  async run(shell, input) {
    const app = await shell.app()
    return app.createToken(argument(input, 0), {
      label: textOption(input, 'label') ?? '',
      life: textOption(input, 'expires') ?? '90d',
    })
  },
  text: ({ token, secret }) =>
    `${secret}\n\nIt is shown this once. For MLflow clients of ${token.user}:  export MLFLOW_TRACKING_TOKEN=…\nexpires  ${endText(token)}`,
})

export const listTokensAction = defineAction<readonly Token[]>({
  async run(shell, input) {
    const user = input.args[0]
    return (await shell.app()).listTokens(user)
  },
  text(tokens, screen, now) {
    if (tokens.length === 0) return 'There are no tokens yet. Make one: baton tokens create USER'
    return formatTable(
      screen,
      [
        { title: 'id', value: (token) => token.id.slice(-8), whole: true },
        { title: 'user', value: (token) => token.user },
        { title: 'for', value: (token) => token.label },
        { title: 'made', value: (token) => formatAgo(new Date(token.createdAt), now) },
        {
          title: 'used',
          value: (token) => (token.usedAt === undefined ? 'never' : formatAgo(new Date(token.usedAt), now)),
        },
        { title: 'ends', value: endText },
      ],
      tokens,
    )
  },
})

export const revokeTokenAction = defineAction<Token>({
  async run(shell, input) {
    return (await shell.app()).revokeToken(argument(input, 0))
  },
  text: (token) => `the token ${token.id.slice(-8)} of ${token.user} is revoked`,
})
