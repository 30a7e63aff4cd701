import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where an import leads. */
export type Resolved =
  | { readonly kind: 'file'; readonly path: string }
  /** A package of node_modules; the lockfile covers it. */
  | { readonly kind: 'package'; readonly name: string; readonly folder: string | undefined }
  /** A package that is linked to a folder outside node_modules: first-party code. */
  | { readonly kind: 'linked'; readonly name: string; readonly folder: string }
  /** Node itself, or Baton. */
  | { readonly kind: 'builtin' }

/** Resolves an import as Node does, without running anything. Files that are not there still have a path. */
export function resolveImport(specifier: string, from: string): Resolved {
  if (specifier.startsWith('file:')) return { kind: 'file', path: fileURLToPath(specifier) }
  if (/^[a-z][a-z0-9+.-]*:/i.test(specifier) || isBuiltin(specifier)) return { kind: 'builtin' }
  if (/^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..') {
    return { kind: 'file', path: resolve(dirname(from), stripQuery(specifier)) }
  }
  if (specifier.startsWith('#')) return resolvePrivate(specifier, from)
  return resolvePackage(specifier, from)
}

/** Resolves `require`, which may leave out the extension or name a folder. */
export function resolveRequire(specifier: string, from: string): Resolved {
  const resolved = resolveImport(specifier, from)
  if (resolved.kind !== 'file') return resolved
  const tries = ['', '.js', '.json', '.cjs', '.ts', '.cts', '/index.js', '/index.json', '/index.cjs', '/index.ts']
  const found = tries.map((ending) => resolved.path + ending).find((path) => isFile(path))
  return found === undefined ? resolved : { kind: 'file', path: found }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function stripQuery(specifier: string): string {
  return specifier.replace(/[?#].*$/, '')
}

/** The nearest `package.json` above a file. */
export function findPackageFile(from: string): string | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'package.json')
    if (existsSync(candidate)) return candidate
    if (folder === dirname(folder)) return undefined
  }
}

function resolvePrivate(specifier: string, from: string): Resolved {
  const file = findPackageFile(from)
  const target = file === undefined ? undefined : matchImports(readImportsMap(file), specifier)
  if (file === undefined || target === undefined) return { kind: 'file', path: resolve(dirname(from), specifier) }
  return target.startsWith('.') ? { kind: 'file', path: resolve(dirname(file), target) } : resolveImport(target, file)
}

function readImportsMap(file: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { imports?: Record<string, unknown> }).imports ?? {}
  } catch {
    return {}
  }
}

function matchImports(map: Readonly<Record<string, unknown>>, specifier: string): string | undefined {
  if (specifier in map) return pickCondition(map[specifier])
  const patterns = Object.keys(map).filter((key) => key.includes('*'))
  for (const pattern of patterns.toSorted((a, b) => b.indexOf('*') - a.indexOf('*'))) {
    const [start, end] = pattern.split('*') as [string, string]
    if (!specifier.startsWith(start) || !specifier.endsWith(end) || specifier.length < pattern.length) continue
    const middle = specifier.slice(start.length, specifier.length - end.length)
    return pickCondition(map[pattern])?.replaceAll('*', middle)
  }
  return undefined
}

function pickCondition(target: unknown): string | undefined {
  if (typeof target === 'string') return target
  if (Array.isArray(target)) return target.map(pickCondition).find((found) => found !== undefined)
  if (target === null || typeof target !== 'object') return undefined
  for (const [condition, inner] of Object.entries(target)) {
    const found = ['node', 'import', 'require', 'module-sync', 'default'].includes(condition)
      ? pickCondition(inner)
      : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function resolvePackage(specifier: string, from: string): Resolved {
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!
  if (name === 'baton-ml') return { kind: 'builtin' }
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(candidate)) {
      const real = realpathSync(candidate)
      const isInstalled = real.split(sep).includes('node_modules')
      return isInstalled ? { kind: 'package', name, folder: real } : { kind: 'linked', name, folder: real }
    }
    if (folder === dirname(folder)) return { kind: 'package', name, folder: undefined }
  }
}

/** Whether a file's text can import other files. */
export function isModule(path: string): boolean {
  return ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'].includes(extname(path))
}
