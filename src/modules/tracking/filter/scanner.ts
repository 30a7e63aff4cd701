import { InvalidFilterError } from '../errors.ts'
import { type Entity, entityNames, type Identifier, type Operator } from './comparison.ts'

/** Reads the parts of a filter from left to right. What a quote means depends on the place, so the parser asks. */
export interface Scanner {
  /** `metrics.rocAuc`, `` tags.`my key` ``, `status`. */
  identifier(): Identifier
  operator(): Operator
  /** `'text'`, `"text"` or a number. */
  value(): string | number
  /** `('a', 'b')`. */
  list(): readonly string[]
  /** Takes this word, in any case, when it comes next. */
  word(text: string): boolean
  /** Takes this character when it comes next. */
  sign(character: string): boolean
  atEnd(): boolean
  fail(message: string): never
}

const bareIdentifier = /[\p{L}\p{N}_.\-/:]+/uy
const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.])/uy
const symbol = /!=|>=|<=|=|>|</y
const keyword = /(not\s+in|in|ilike|like)(?![\p{L}\p{N}_])/iuy

export function createScanner(text: string): Scanner {
  let at = 0

  function skipSpace(): void {
    while (/\s/.test(text[at] ?? '')) at += 1
  }

  function fail(message: string): never {
    throw new InvalidFilterError(`Invalid clause(s) in filter string: ${message} (in "${text}").`, { column: at + 1 })
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  /** A doubled quote inside stands for one. */
  function quoted(quotes: string): string | undefined {
    const quote = text[at]
    if (quote === undefined || !quotes.includes(quote)) return undefined
    const start = at
    let content = ''
    for (at += 1; at < text.length; at += 1) {
      if (text[at] !== quote) content += text[at]
      else if (text[at + 1] === quote) content += text[(at += 1)]
      else {
        at += 1
        return content
      }
    }
    at = start
    return fail(`the quote ${quote} is not closed`)
  }

  function entityOf(name: string): Entity {
    const entity = Object.hasOwn(entityNames, name) ? entityNames[name] : undefined
    if (entity === undefined) {
      fail(`Invalid entity type '${name}'. Valid entity types are ${Object.keys(entityNames).join(', ')}`)
    }
    return entity
  }

  function identifier(): Identifier {
    skipSpace()
    const start = at
    if (text[at] === "'") fail('a name cannot be in single quotes; use backticks or double quotes')
    const first = quoted('`"')
    if (first !== undefined && text[at] !== '.') return { entity: 'attribute', key: first, at: start }
    if (first !== undefined) {
      at += 1
      return { entity: entityOf(first), key: keyAfterDot(''), at: start }
    }
    const bare = match(bareIdentifier)
    if (bare === undefined)
      fail(at >= text.length ? 'a name is missing at the end' : `a name cannot begin with ${text[at]}`)
    const dot = bare.indexOf('.')
    if (dot === -1) return { entity: 'attribute', key: bare, at: start }
    return { entity: entityOf(bare.slice(0, dot)), key: keyAfterDot(bare.slice(dot + 1)), at: start }
  }

  function keyAfterDot(bare: string): string {
    if (bare !== '') return bare
    const key = quoted('`"') ?? match(bareIdentifier)
    return key === undefined || key === '' ? fail('a key is missing after the dot') : key
  }

  function operator(): Operator {
    skipSpace()
    const start = at
    const found = match(symbol) ?? match(keyword)
    if (found === '<' && text[at] === '>') {
      at = start
      fail('<> is not an operator; write !=')
    }
    if (found === undefined) fail('an operator is missing: =, !=, >, >=, <, <=, LIKE, ILIKE, IN or NOT IN')
    return found.toUpperCase().replace(/\s+/, ' ') as Operator
  }

  function value(): string | number {
    skipSpace()
    const content = quoted('\'"')
    if (content !== undefined) return content
    const digits = match(number)
    if (digits === undefined) fail("a value is missing: a number or 'a text in quotes'")
    return Number(digits)
  }

  function list(): readonly string[] {
    skipSpace()
    if (text[at] !== '(') fail("a list is missing: ('a', 'b')")
    const items: string[] = []
    do {
      at += 1
      skipSpace()
      const item = quoted("'")
      if (item === undefined) fail("a list holds texts in single quotes: ('a', 'b')")
      items.push(item)
      skipSpace()
    } while (text[at] === ',')
    if (text[at] !== ')') fail('the list is not closed')
    at += 1
    return items
  }

  function word(expected: string): boolean {
    skipSpace()
    const next = text.slice(at, at + expected.length)
    if (next.toLowerCase() !== expected.toLowerCase() || /[\p{L}\p{N}_]/u.test(text[at + expected.length] ?? ''))
      return false
    at += expected.length
    return true
  }

  function sign(character: string): boolean {
    skipSpace()
    if (text[at] !== character) return false
    at += 1
    return true
  }

  function atEnd(): boolean {
    skipSpace()
    return at >= text.length
  }

  return { identifier, operator, value, list, word, sign, atEnd, fail }
}
