import { InvalidAliasError, InvalidModelReferenceError } from './errors.ts'

/** What a reference asks for: the latest version, one version, or the version of an alias. */
export type ModelReference =
  | { readonly kind: 'latest'; readonly model: string }
  | { readonly kind: 'version'; readonly model: string; readonly version: number }
  | { readonly kind: 'alias'; readonly model: string; readonly alias: string }

/** Names of clients' models may hold nearly anything; `@` is not for a reference, since it parts the name from the rest. */
const name = /^[^@/:\p{Cc}]{1,256}$/u
const alias = /^[\p{L}_][\p{L}\p{N}_-]{0,254}$/u

/** Reads `churn`, `churn@7`, `churn@latest` or `churn@champion`. */
export function parseModelReference(text: string): ModelReference {
  const [model = '', selector, ...rest] = text.split('@')
  if (!name.test(model) || model.trim() === '' || rest.length > 0) throw new InvalidModelReferenceError(text)
  if (selector === undefined || selector === 'latest') return { kind: 'latest', model }
  if (/^[1-9]\d{0,8}$/.test(selector)) return { kind: 'version', model, version: Number(selector) }
  if (alias.test(selector)) return { kind: 'alias', model, alias: selector }
  throw new InvalidModelReferenceError(text)
}

/** Throws unless the word may be an alias: not `latest`, and not `v7`, which would read as a version. */
export function requireAlias(word: string): void {
  if (!alias.test(word) || /^(latest|v\d+)$/i.test(word)) throw new InvalidAliasError(word)
}
