import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { KeyPart } from '../step-kind.ts'
import { type ClosureContext, filePart, missingPart, projectPath } from './closure.ts'
import { readPythonImports } from './python-source.ts'

/** Folders that a project's Python code is imported from, after the script's own folder. */
export function pythonRoots(projectRoot: string): readonly string[] {
  return [projectRoot, join(projectRoot, 'src')].filter((folder) => existsSync(folder))
}

/**
 * One part for each first-party file that a script reaches. Names are looked up as Python does, in the script's folder
 * and the project's roots; what is found in none of them comes from the environment, which has a part of its own.
 */
export async function pythonClosure(
  ctx: Pick<ClosureContext, 'projectRoot' | 'digestFile'>,
  script: string,
): Promise<readonly KeyPart[]> {
  const roots = [dirname(script), ...pythonRoots(ctx.projectRoot)]
  const parts = new Map<string, KeyPart>()
  const seen = new Set<string>()
  const queue = [script]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const part = isFile(path) ? await filePart(ctx, path) : missingPart(ctx, path)
    parts.set(part.name, part)
    if (!isFile(path) || !path.endsWith('.py')) continue
    const found = readPythonImports(readFileSync(path, 'utf8'))
    for (const { line, what } of found.unknown) {
      const place = `${projectPath(ctx, path)}:${line}`
      parts.set(`code ${place}`, { name: `code ${place}`, uncacheable: `${place} ${what}` })
    }
    for (const name of found.modules) queue.push(...lookup(roots, name.split('.')))
    for (const { level, module, names } of found.froms) {
      const within = level === 0 ? roots : [ancestor(path, level)]
      const segments = module === '' ? [] : module.split('.')
      queue.push(...lookup(within, segments))
      for (const name of names) queue.push(...lookup(within, [...segments, name]))
    }
  }
  return [...parts.values()]
}

/** The folder that `from .` (level 1), `from ..` (level 2), … of a file means. */
function ancestor(path: string, level: number): string {
  let folder = dirname(path)
  for (let count = 1; count < level; count++) folder = dirname(folder)
  return folder
}

/** The files that importing a dotted name runs: each package's `__init__.py` on the way and the module itself. */
function lookup(roots: readonly string[], segments: readonly string[]): string[] {
  for (const root of roots) {
    const found: string[] = []
    const own = join(root, '__init__.py')
    if (segments.length === 0) return isFile(own) ? [own] : []
    let folder = root
    for (const segment of segments) {
      const module = join(folder, `${segment}.py`)
      const init = join(folder, segment, '__init__.py')
      if (isFile(init)) found.push(init)
      else if (isFile(module)) {
        found.push(module)
        break
      } else if (!isFolder(join(folder, segment))) break
      folder = join(folder, segment)
    }
    if (found.length > 0) return found
  }
  return []
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
