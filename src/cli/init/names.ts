/** A name as datasets, pipelines and contracts take it: lower-case letters, digits and -, beginning with a letter. */
export function toSlug(text: string): string {
  const slug = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
  return (/^[a-z]/.test(slug) ? slug : `p-${slug}`).slice(0, 60).replace(/-+$/, '')
}

const reserved = new Set(
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await async contract pipeline p data model split report'.split(
    ' ',
  ),
)

/** A name that TypeScript takes for a variable. */
export function toIdentifier(slug: string): string {
  const name = slug.replaceAll(/[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return reserved.has(name) ? `${name}Project` : name
}

/** A column's name as the key of an object literal. */
export function toKey(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) && name !== '__proto__' ? name : toLiteral(name)
}

/** A text as a TypeScript literal in single quotes. */
export function toLiteral(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

/** Text of the user's data inside a comment, which it must not be able to end. */
export function toComment(text: string): string {
  return text.replaceAll(/\p{Cc}|[\u2028\u2029]/gu, ' ').replaceAll('*/', '* /')
}
