import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { digestValue } from '../../../kernel/hash.ts'
import type { KeyPart } from '../step-kind.ts'
import { type ClosureContext, filePart, missingPart, projectPath } from './closure.ts'
import { type ModuleImports, readModuleImports } from './module-imports.ts'
import { findPackageFile, isModule, type Resolved, resolveImport, resolveRequire } from './resolve-module.ts'

/**
 * One part for each first-party file that a module reaches: static and literal dynamic imports, re-exports, JSON,
 * `require`, workers and files named beside the module. Packages are named apart; the lockfile stands for them.
 */
export async function typescriptClosure(ctx: ClosureContext, entry: string): Promise<readonly KeyPart[]> {
  return followModules(ctx, [{ kind: 'file', path: entry }])
}

/** The parts of everything that some imports lead to. */
export async function followModules(ctx: ClosureContext, starts: readonly Resolved[]): Promise<readonly KeyPart[]> {
  const parts = new Map<string, KeyPart>()
  const add = (part: KeyPart): void => void parts.set(part.name, part)
  const seen = new Set<string>()
  const queue: Resolved[] = [...starts]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next.kind === 'builtin') continue
    if (next.kind === 'package') {
      if (!ctx.hasLockfile) add(packagePart(next))
      continue
    }
    if (next.kind === 'linked') {
      for (const path of listCode(next.folder)) queue.push({ kind: 'file', path })
      continue
    }
    if (seen.has(next.path)) continue
    seen.add(next.path)
    if (!statSync(next.path, { throwIfNoEntry: false })?.isFile()) {
      add(missingPart(ctx, next.path))
      continue
    }
    add(await filePart(ctx, next.path))
    if (!isModule(next.path)) continue
    const settings = packageSettingsPart(ctx, next.path)
    if (settings) add(settings)
    const found = await importsOf(ctx, next.path)
    if ('uncacheable' in found) {
      add(found)
      continue
    }
    for (const { line, what } of found.unknown) {
      const place = `${projectPath(ctx, next.path)}:${line}`
      add({ name: `code ${place}`, uncacheable: `${place} ${what}` })
    }
    for (const specifier of found.imports) queue.push(resolveImport(specifier, next.path))
    for (const specifier of found.requires) queue.push(resolveRequire(specifier, next.path))
  }
  return [...parts.values()]
}

async function importsOf(
  ctx: ClosureContext,
  path: string,
): Promise<ModuleImports | Extract<KeyPart, { uncacheable: string }>> {
  const digest = await ctx.digestFile(path)
  const known = ctx.imports.get(`${digest} ${path}`)
  if (known) return known
  try {
    const found = await readModuleImports(readFileSync(path, 'utf8'), path)
    ctx.imports.set(`${digest} ${path}`, found)
    return found
  } catch (error) {
    const place = projectPath(ctx, path)
    return { name: `code ${place} (imports)`, uncacheable: `${place} cannot be parsed: ${(error as Error).message}` }
  }
}

/** `type` and `imports` of package.json decide how a module is read; the rest of that file does not matter. */
function packageSettingsPart(ctx: ClosureContext, path: string): KeyPart | undefined {
  const file = findPackageFile(path)
  if (file === undefined) return undefined
  try {
    const { type, imports } = JSON.parse(readFileSync(file, 'utf8')) as { type?: string; imports?: object }
    if (type === undefined && imports === undefined) return undefined
    const digest = digestValue('package-settings/1', { type, imports: imports as never })
    return { name: `code ${projectPath(ctx, file)} (type, imports)`, digest }
  } catch {
    return undefined
  }
}

function packagePart({ name, folder }: Extract<Resolved, { kind: 'package' }>): KeyPart {
  const title = `package ${name}`
  if (folder === undefined) return { name: title, digest: digestValue('package/1', null), detail: 'not installed' }
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string }
    return { name: title, digest: digestValue('package/1', version ?? ''), detail: version ?? 'no version' }
  } catch {
    return { name: title, uncacheable: `package ${name} has no readable package.json` }
  }
}

function listCode(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : listCode(path)
    return isModule(path) || entry.name.endsWith('.json') ? [path] : []
  })
}
