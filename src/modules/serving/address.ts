import { type Digest, digestValue } from '../../kernel/hash.ts'
import { Secret } from '../../kernel/secret.ts'
import type { EnvReference } from '../pipelines/declare.ts'
import { InvalidAddressError } from './errors.ts'

type ReadEnv = (name: string) => string | undefined

function valueOf(step: string, value: string | EnvReference, env: ReadEnv): string {
  if (typeof value === 'string') return value
  const found = env(value.env) ?? value.default
  if (found !== undefined && found !== '') return found
  throw new InvalidAddressError(step, `the environment variable ${value.env} is not set`)
}

/** Where to post: the whole address for the request, and what of it may be shown and recorded. */
export interface Address {
  readonly url: Secret
  readonly host: string
  /**
   * A digest of scheme, host and path, because a path may hold a secret. A change of a token in the query is no
   * change of the receiver.
   */
  readonly receiver: Digest
}

export function resolveAddress(step: string, to: string | EnvReference, env: ReadEnv): Address {
  const text = valueOf(step, to, env)
  const from = typeof to === 'string' ? 'its address' : `the value of ${to.env}`
  if (!URL.canParse(text)) throw new InvalidAddressError(step, `${from} is not a URL`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new InvalidAddressError(step, `${from} begins with ${url.protocol}`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidAddressError(step, `${from} holds a user name or password; use \`headers\``)
  const receiver = digestValue('notify-receiver/1', `${url.origin}${url.pathname}`)
  return { url: new Secret(url.href), host: url.host, receiver }
}

export function resolveHeaders(
  step: string,
  headers: Readonly<Record<string, string | EnvReference>>,
  env: ReadEnv,
): Readonly<Record<string, Secret>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, new Secret(valueOf(step, value, env))]),
  )
}
