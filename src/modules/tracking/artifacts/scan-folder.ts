import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

import { UnstorableEntryError } from './errors.ts'

export interface ScannedFile {
  /** Relative to the folder, with slashes. */
  readonly path: string
  /** Where the bytes are: the file itself, or what a link inside the folder points to. */
  readonly source: string
  readonly executable: boolean
}

export interface ScannedFolder {
  readonly files: readonly ScannedFile[]
  readonly emptyFolders: readonly string[]
}

/**
 * Every file below a folder. A link to a file inside the folder counts as that file; any other link is refused, and
 * so are sockets, pipes and devices, because their content is not in the folder.
 */
export async function scanFolder(root: string): Promise<ScannedFolder> {
  const found = await lstat(root)
  if (!found.isDirectory()) throw new UnstorableEntryError(root, 'it is not a folder')
  const files: ScannedFile[] = []
  const emptyFolders: string[] = []
  const realRoot = await realpath(root)

  async function visit(folder: string): Promise<void> {
    const entries = await readdir(join(realRoot, folder), { withFileTypes: true })
    if (entries.length === 0 && folder !== '') emptyFolders.push(folder)
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      const source = join(realRoot, path)
      if (entry.name.includes('\uFFFD')) throw new UnstorableEntryError(source, 'its name is not valid UTF-8')
      if (entry.isDirectory()) await visit(path)
      else if (entry.isFile()) files.push({ path, source, executable: await isExecutable(source) })
      else if (entry.isSymbolicLink()) files.push(await followLink(path, source))
      else throw new UnstorableEntryError(source, 'it is not a file, folder or link')
    }
  }

  async function followLink(path: string, source: string): Promise<ScannedFile> {
    const target = await realpath(source).catch(() => undefined)
    if (target === undefined) throw new UnstorableEntryError(source, 'it is a link to nothing')
    const inside = relative(realRoot, target)
    if (inside === '..' || inside.startsWith(`..${sep}`)) {
      throw new UnstorableEntryError(source, `it is a link that leaves the folder, to ${target}`)
    }
    if (!(await stat(target)).isFile()) throw new UnstorableEntryError(source, 'it is a link to a folder')
    return { path, source: target, executable: await isExecutable(target) }
  }

  await visit('')
  return { files, emptyFolders }
}

async function isExecutable(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o100) !== 0
}
