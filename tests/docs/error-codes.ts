import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const source = join(import.meta.dirname, '..', '..', 'src')

/** What stands inside the brackets of a call that begins here. */
function argumentsAt(text: string, open: number): string {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '(') depth += 1
    if (text[i] === ')') depth -= 1
    if (depth === 0) return text.slice(open + 1, i)
  }
  return text.slice(open + 1)
}

/** The first argument of a call, cut at the first comma that is not inside brackets or quotes. */
function firstArgument(text: string): string {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === "'") quoted = !quoted
    if (quoted) continue
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    if (character === ',' && depth === 0) return text.slice(0, i)
  }
  return text
}

/** Looks like a code and is the name of something else: a part of a cache key. */
const notCodes = new Set(['source.wal'])

/** Every error code that the source can give, each with the files that do. */
export function findErrorCodes(): ReadonlyMap<string, readonly string[]> {
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !/\.(test|fixture)\.ts$/.test(file))
  const texts = new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8')]))
  const codes = new Map<string, Set<string>>()
  const add = (code: string, file: string) => codes.set(code, (codes.get(code) ?? new Set()).add(file))

  const modules = new Set<string>()
  for (const text of texts.values()) {
    for (const [, module] of text.matchAll(/\bcode: ['`]([a-z]+)\.[a-z$]/g)) modules.add(module!)
  }
  const literal = new RegExp(`'((?:${[...modules].join('|')})\\.[a-z]+(?:_[a-z]+)*)'`, 'g')
  const families = new Map<string, string>()
  for (const [file, text] of texts) {
    for (const [, code] of text.matchAll(literal)) add(code!, file)
    for (const [, name, body] of text.matchAll(/class (\w+) extends \w+ \{\n([\s\S]*?)\n\}/g)) {
      const module = /code: `([a-z]+)\.\$\{code\}`/.exec(body!)?.[1]
      if (module !== undefined) families.set(name!, module)
    }
  }
  for (const [name, module] of families) {
    for (const [file, text] of texts) {
      for (const call of text.matchAll(new RegExp(`new ${name}\\(`, 'g'))) {
        const first = firstArgument(argumentsAt(text, call.index + call[0].length - 1))
        for (const [, code] of first.matchAll(/'([a-z]+(?:_[a-z]+)*)'/g)) add(`${module}.${code}`, file)
      }
    }
  }
  return new Map([...codes].filter(([code]) => !notCodes.has(code)).map(([code, files]) => [code, [...files]]))
}
