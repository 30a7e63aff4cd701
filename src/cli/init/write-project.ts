import {
  constants,
  cpSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { fsyncFolder, writeFileDurably } from '../../kernel/durable-file.ts'
import { newId } from '../../kernel/ids.ts'
import { FolderNotEmptyError } from './errors.ts'

/** How the data came into the project. */
export type DataPlacement = 'copied' | 'hard link' | 'link'

/** A file larger than this is linked instead of copied. */
const copyLimitBytes = 256e6

/** Refuses a name that is taken; an empty folder is not. */
export function refuseTaken(folder: string): void {
  if (!existsSync(folder)) return
  if (statSync(folder).isDirectory() && readdirSync(folder).length === 0) return
  throw new FolderNotEmptyError(folder)
}

/** Puts the user's file where the project expects it: a copy when it is small, otherwise a link. */
export function placeData(from: string, to: string): DataPlacement {
  mkdirSync(dirname(to), { recursive: true })
  if (statSync(from).size <= copyLimitBytes) {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
    return 'copied'
  }
  try {
    linkSync(from, to)
    return 'hard link'
  } catch {
    symlinkSync(from, to)
    return 'link'
  }
}

/** Fills a new folder, whole or not at all: `fill` works in a temporary one beside it, which gets its name at the end. */
export function createFolder<T>(folder: string, fill: (temporary: string) => T): T {
  refuseTaken(folder)
  const parent = dirname(folder)
  mkdirSync(parent, { recursive: true })
  const temporary = join(parent, `.${basename(folder)}.tmp-${newId()}`)
  try {
    mkdirSync(temporary)
    const result = fill(temporary)
    renameSync(temporary, folder)
    fsyncFolder(parent)
    return result
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') throw new FolderNotEmptyError(folder)
    throw error
  }
}

/** Writes text files by their paths inside a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) writeFileDurably(join(folder, path), text)
}

const leftBehind = /^(\.baton.*|node_modules|\.venv|__pycache__|\.env)$/

/** Writes those of the text files whose places are free: what a template brings itself stays. */
export function writeMissingFiles(folder: string, files: Readonly<Record<string, string>>): void {
  const missing = Object.entries(files).filter(([path]) => !existsSync(join(folder, path)))
  writeFiles(folder, Object.fromEntries(missing))
}

/** Copies an example without what runs of it have left there. */
export function copyTemplate(template: string, folder: string): void {
  for (const entry of readdirSync(template)) {
    if (leftBehind.test(entry)) continue
    cpSync(join(template, entry), join(folder, entry), {
      recursive: true,
      filter: (source) => !leftBehind.test(basename(source)),
    })
  }
}
