import { stripTypeScriptTypes } from 'node:module'

import { init, parse } from 'es-module-lexer'

/** What a module's text says about other files. */
export interface ModuleImports {
  /** `import` and `export … from`, dynamic imports of a literal, and files named by `new URL('./x', import.meta.url)`. */
  readonly imports: readonly string[]
  /** `require('literal')` of CommonJS. */
  readonly requires: readonly string[]
  /** Imports that cannot be followed, as a sentence without its place, with their line. */
  readonly unknown: readonly { readonly line: number; readonly what: string }[]
}

const urlBesideModule = /new\s+URL\(\s*(['"`])(\.{1,2}\/[^'"`$]+)\1\s*,\s*import\.meta\.url/g
const anyRequire = /(?<![.\w$])require\s*\(\s*(?:(['"`])([^'"`$]+)\1\s*\)|)/g

/** Reads the imports of a JavaScript or TypeScript module without running it. Throws SyntaxError when it has no end. */
export async function readModuleImports(source: string, path: string): Promise<ModuleImports> {
  await init()
  const [found, , , hasModuleSyntax] = lex(source, path)
  const imports: string[] = []
  const requires: string[] = []
  const unknown: { line: number; what: string }[] = []
  for (const item of found) {
    if (item.type === 'import-meta' || (item.type !== 'dynamic' && item.typeOnly)) continue
    if (item.specifier === undefined || (item.type === 'dynamic' && item.glob)) {
      unknown.push({
        line: lineOf(source, item.importStart),
        what: 'imports a module whose name is only known when it runs',
      })
    } else imports.push(item.specifier)
  }
  const code = blankComments(source)
  for (const match of code.matchAll(urlBesideModule)) imports.push(match[2]!)
  if (!hasModuleSyntax || /\bcreateRequire\b/.test(code)) {
    for (const match of code.matchAll(anyRequire)) {
      if (match[2] === undefined) {
        unknown.push({
          line: lineOf(source, match.index),
          what: 'requires a module whose name is only known when it runs',
        })
      } else requires.push(match[2])
    }
  }
  return { imports, requires, unknown }
}

function lex(source: string, path: string): ReturnType<typeof parse> {
  try {
    return parse(source, path)
  } catch (error) {
    if (!/\.[cm]?ts$/.test(path)) throw error
    return parse(stripTypeScriptTypes(source), path)
  }
}

export function lineOf(source: string, offset: number): number {
  let line = 1
  for (let index = source.indexOf('\n'); index !== -1 && index < offset; index = source.indexOf('\n', index + 1)) line++
  return line
}

const token = /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[^]|[^`\\])*`/g

/** The same text with comments as spaces, so that offsets and lines stay. */
export function blankComments(source: string): string {
  return source.replaceAll(token, (text) => (text.startsWith('/') ? text.replaceAll(/[^\n]/g, ' ') : text))
}
