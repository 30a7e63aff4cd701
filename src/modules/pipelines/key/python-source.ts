/** What a Python file imports. */
export interface PythonImports {
  /** `a.b.c` of `import a.b.c` or a literal `importlib.import_module`. */
  readonly modules: readonly string[]
  /** `from ..a import b, c`: level 2, module `a`, names `b` and `c`. */
  readonly froms: readonly { readonly level: number; readonly module: string; readonly names: readonly string[] }[]
  readonly unknown: readonly { readonly line: number; readonly what: string }[]
}

const stringOrComment = /#[^\n]*|[rRbBuUfF]{0,2}(?:'''[^]*?'''|"""[^]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")/g
const literalCall =
  /\b(?:importlib\s*\.\s*import_module|(?<!\.)import_module|__import__)\s*\(\s*(?:(['"])([\w.]+)\1\s*[,)])?/g
const runByPath = /\brunpy\s*\.\s*run_(?:path|module)\s*\(/g
const pathChange = /\bsys\s*\.\s*path\s*(?:\.\s*(?:insert|append|extend)\s*\(|\[|\+?=(?!=))/g

/** Reads the imports of a Python file without running it. */
export function readPythonImports(source: string): PythonImports {
  const modules: string[] = []
  const froms: { level: number; module: string; names: string[] }[] = []
  const unknown: { line: number; what: string }[] = []
  const withStrings = source.replaceAll(stringOrComment, (text) => (text.startsWith('#') ? blank(text) : text))
  const code = source.replaceAll(stringOrComment, blank)
  for (const match of withStrings.matchAll(literalCall)) {
    if (code.slice(match.index, match.index + 3).trim() === '') continue
    if (match[2] === undefined) {
      unknown.push({
        line: lineAt(source, match.index),
        what: 'imports a module whose name is only known when it runs',
      })
    } else modules.push(match[2])
  }
  for (const match of code.matchAll(runByPath)) {
    unknown.push({ line: lineAt(source, match.index), what: 'runs another file by runpy' })
  }
  for (const match of code.matchAll(pathChange)) {
    unknown.push({ line: lineAt(source, match.index), what: 'changes sys.path, so its imports cannot be followed' })
  }
  for (const statement of statements(code)) {
    const plain = /^import\s+(.+)$/.exec(statement)
    if (plain)
      for (const item of plain[1]!.split(','))
        modules.push(
          item
            .trim()
            .split(/\s+as\s+/)[0]!
            .replaceAll(/\s/g, ''),
        )
    const from = /^from\s*([.\s]*)([\w.]*)\s*import\b\s*(.+)$/.exec(statement)
    if (from) {
      const names = from[3]!
        .replaceAll(/[()]/g, ' ')
        .split(',')
        .map((name) => name.trim().split(/\s+/)[0]!)
      froms.push({
        level: from[1]!.replaceAll(/\s/g, '').length,
        module: from[2]!,
        names: names.filter((name) => name !== ''),
      })
    }
  }
  return { modules: modules.filter((name) => /^[\w.]+$/.test(name)), froms, unknown }
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ')
}

/** Simple statements, one a line: continuation lines joined, `;` and a leading `if x:` or `try:` split off. */
function statements(code: string): string[] {
  const joined = code
    .replaceAll(/\\\r?\n/g, ' ')
    .replaceAll(/\bimport\s*\([^)]*\)/g, (text) => text.replaceAll(/\s+/g, ' '))
  return joined
    .split(/\r?\n|;/)
    .map((line) =>
      line
        .trim()
        .replace(/^(?:try|else|finally|if\b[^:]*|with\b[^:]*|except\b[^:]*|def\b.*\)[^:]*|class\b[^:]*)\s*:\s*/, ''),
    )
    .filter((line) => /^(?:import|from)\b/.test(line))
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}
