/** A value of a `meta.yaml`: a text (null and lists are absent), or one level of texts by name. */
export type FlatYaml = Readonly<Record<string, string | Readonly<Record<string, string>>>>

/**
 * Reads what MLflow's file store writes: block mappings of scalars, at most two deep, as PyYAML dumps them (plain,
 * single- and double-quoted scalars, folded over lines). Undefined when the text is not that, such as a file that
 * was being written when its writer died.
 */
export function parseFlatYaml(text: string): FlatYaml | undefined {
  const values: Record<string, string | Record<string, string>> = {}
  const lines = text.replace(/\n$/, '').split('\n')
  let at = 0
  const entry = (indent: string): [string, string | undefined] | undefined => {
    const match = /^(\s*)('(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s'"#][^:]*?|[^\s'"#][^\n]*?):(?: (.*))?$/.exec(lines[at]!)
    if (match?.[1] !== indent) return undefined
    let raw = match[3] ?? ''
    at += 1
    // A quoted scalar goes on until its quote ends, a plain one while lines are indented deeper.
    while (at < lines.length && (isOpen(raw) || (raw !== '' && !isQuoted(raw) && isDeeper(lines[at]!, indent)))) {
      raw += `\n${lines[at]!}`
      at += 1
    }
    const key = scalar(match[2]!)
    return key === undefined || isOpen(raw) ? undefined : [key, raw]
  }
  while (at < lines.length) {
    const read = entry('')
    if (read === undefined) return undefined
    const [key, raw] = read
    if (raw === '' && lines[at] !== undefined && isDeeper(lines[at]!, '')) {
      const inner: Record<string, string> = {}
      while (at < lines.length && isDeeper(lines[at]!, '')) {
        const nested = entry('  ')
        if (nested === undefined) return undefined
        inner[nested[0]] = scalar(nested[1] ?? '') ?? ''
      }
      values[key] = inner
    } else if (raw === undefined || raw === '[]' || raw === '{}') continue
    else {
      // `- item` lines of a list stand without indentation; nothing that is read is a list.
      while (at < lines.length && lines[at]!.startsWith('- ')) at += 1
      const value = scalar(raw)
      if (value !== undefined) values[key] = value
    }
  }
  return values
}

function isDeeper(line: string, indent: string): boolean {
  return line === '' || line.startsWith(`${indent}  `)
}

function isQuoted(raw: string): boolean {
  return raw.startsWith("'") || raw.startsWith('"')
}

function isOpen(raw: string): boolean {
  if (raw.startsWith("'")) return !/^'(?:[^']|'')*'$/.test(raw)
  return raw.startsWith('"') && !/^"(?:[^"\\]|\\[^])*"$/.test(raw)
}

/** A line break inside a scalar is a space; n empty lines are n line breaks. */
function fold(text: string): string {
  return text.replaceAll(/[ \t]*\n((?:[ \t]*\n)*)[ \t]*/g, (_, more: string) => {
    const breaks = more.split('\n').length - 1
    return breaks === 0 ? ' ' : '\n'.repeat(breaks)
  })
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
}

function scalar(raw: string): string | undefined {
  if (raw.startsWith("'")) return fold(raw.slice(1, -1)).replaceAll("''", "'")
  if (!raw.startsWith('"')) return raw === 'null' || raw === '~' || raw === '' ? undefined : fold(raw)
  // A backslash at the end of a line joins it with the next one.
  const folded = fold(raw.slice(1, -1).replaceAll(/\\\n[ \t]*/g, ''))
  return folded.replaceAll(/\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^])/g, (escape) => {
    if (escape.length === 2) return escapes[escape[1]!] ?? escape[1]!
    return String.fromCodePoint(Math.min(Number.parseInt(escape.slice(2), 16), 0x10ffff))
  })
}
