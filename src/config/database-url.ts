/** A setting's value as it may be shown: the password of a URL is left out, and so is all of a URL that is malformed. */
export function withoutPassword(value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes('://')) return value
  if (!URL.canParse(value)) return `${value.slice(0, value.indexOf('://'))}://…`
  const url = new URL(value)
  if (url.password !== '') url.password = '***'
  // A password may stand among the parameters too.
  if (url.searchParams.has('password')) url.searchParams.set('password', '***')
  return url.href
}

/** Whether the text is the URL of a PostgreSQL database. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text)
}
