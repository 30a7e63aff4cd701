import { InvalidAliasError, InvalidModelReferenceError } from './errors.ts'

/** What a reference asks for: the latest version, one version, or the version of an alias. */
export type ModelReference =
  | { readonly kind: 'latest'; readonly model: string }
  | { readonly kind: 'version'; readonly model: string; readonly version: number }
  | { readonly kind: 'alias'; readonly model: string; readonly alias: string }

const name = /^[a-z][a-z0-9_-]{0,62}$/

/** Reads `churn`, `churn@7`, `churn@latest` or `churn@champion`. */
export function parseModelReference(text: string): ModelReference {
  const [model = '', selector, ...rest] = text.split('@')
  if (!name.test(model) || rest.length > 0) throw new InvalidModelReferenceError(text)
  if (selector === undefined || selector === 'latest') return { kind: 'latest', model }
  if (/^[1-9]\d{0,8}$/.test(selector)) return { kind: 'version', model, version: Number(selector) }
  if (name.test(selector)) return { kind: 'alias', model, alias: selector }
  throw new InvalidModelReferenceError(text)
}

/** Throws unless the word may be an alias. */
export function requireAlias(alias: string): void {
  if (!name.test(alias) || alias === 'latest') throw new InvalidAliasError(alias)
}
