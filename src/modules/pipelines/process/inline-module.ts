import { init, parse } from 'es-module-lexer'

/** A function of a pipeline file as a module of its own. */
export interface InlineModule {
  /** The module's text: the file's imports that the function uses, then the function as the default export. */
  readonly text: string
  /** What those imports name. */
  readonly specifiers: readonly string[]
}

/**
 * Lifts a function out of its file. It may use its context, globals, and what the file imports; nothing else of the
 * file, so that an edit elsewhere in the file leaves the step alone.
 */
export async function toInlineModule(fileText: string, path: string, source: string): Promise<InlineModule> {
  await init()
  const [imports] = parse(fileText, path)
  const used = imports.flatMap((item) => {
    if (item.type !== 'static' || item.typeOnly) return []
    const statement = fileText.slice(item.importStart, item.importEnd)
    const text =
      item.attributesStart > 0 ? fileText.slice(item.importStart, statementEnd(fileText, item.importEnd)) : statement
    return isUsed(statement, source) ? [{ text, specifier: item.specifier }] : []
  })
  const lines = [...used.map(({ text }) => text), `export default ${source}`]
  return { text: `${lines.join('\n')}\n`, specifiers: used.map(({ specifier }) => specifier) }
}

/** The end of an import statement with attributes: lexers may stop before the closing brace. */
function statementEnd(text: string, from: number): number {
  const brace = text.lastIndexOf('}', from)
  return brace >= from - 1 ? from : Math.max(from, text.indexOf('}', from) + 1)
}

/** Whether a function mentions a name that an import statement brings; an import of names never counts by its effect. */
function isUsed(statement: string, source: string): boolean {
  const clause = /^import\s+([^]*?)\s*from\s*['"]/.exec(statement)?.[1]
  if (clause === undefined) return false
  const names = clause
    .replaceAll(/[{}]/g, ',')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && !item.startsWith('type '))
    .map((item) => item.split(/\s+as\s+/).at(-1)!)
  return names.some((name) => new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(source))
}
