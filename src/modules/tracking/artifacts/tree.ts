import { type Digest, isDigest } from '../../../kernel/hash.ts'
import { canonicalJson } from '../../../kernel/json.ts'
import { UnsafeTreeError } from './errors.ts'

/** A file of a stored folder. */
export interface TreeFile {
  /** Relative, with slashes. */
  readonly path: string
  readonly digest: Digest
  readonly sizeBytes: number
  readonly executable: boolean
}

/** A folder by its content: every file with its digest, and the folders that hold nothing. Both are sorted. */
export interface Tree {
  readonly files: readonly TreeFile[]
  readonly emptyFolders: readonly string[]
}

const tag = 'baton-tree/1'

function byPath(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The bytes of a tree: equal trees give equal bytes, wherever they were read. The tag keeps other JSON apart. */
export function writeTree(tree: Tree): Uint8Array {
  const files = tree.files
    .toSorted((a, b) => byPath(a.path, b.path))
    .map(({ path, digest, sizeBytes, executable }) => ({
      path,
      digest,
      sizeBytes,
      ...(executable ? { executable } : {}),
    }))
  const text = canonicalJson({ format: tag, files, emptyFolders: tree.emptyFolders.toSorted(byPath) })
  return new TextEncoder().encode(`${text}\n`)
}

/** Reads a tree and refuses one with a path that could leave its folder or be two things at once. */
export function readTree(digest: Digest, bytes: Uint8Array): Tree {
  const content = parse(digest, bytes)
  const files = asList(digest, content['files']).map((item) => toFile(digest, item))
  const emptyFolders = asList(digest, content['emptyFolders']).map((item) => checkPath(digest, item))
  const leaves = new Set<string>()
  for (const path of [...files.map((file) => file.path), ...emptyFolders]) {
    if (leaves.has(path)) throw new UnsafeTreeError(digest, `${JSON.stringify(path)} is in it twice`)
    leaves.add(path)
  }
  for (const path of leaves) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const parent = path.slice(0, slash)
      if (leaves.has(parent))
        throw new UnsafeTreeError(digest, `${JSON.stringify(parent)} is a file and a folder in it`)
    }
  }
  return { files, emptyFolders }
}

function parse(digest: Digest, bytes: Uint8Array): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof content === 'object' && content !== null && (content as { format?: unknown }).format === tag) {
      return content as Record<string, unknown>
    }
  } catch {
    // Told below, as any other blob that is no tree.
  }
  throw new UnsafeTreeError(digest, 'the blob is not the list of a folder')
}

function asList(digest: Digest, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new UnsafeTreeError(digest, 'its list is damaged')
}

function toFile(digest: Digest, item: unknown): TreeFile {
  const { path, digest: content, sizeBytes, executable } = (item ?? {}) as Record<string, unknown>
  if (typeof content !== 'string' || !isDigest(content) || typeof sizeBytes !== 'number') {
    throw new UnsafeTreeError(digest, 'its list is damaged')
  }
  return { path: checkPath(digest, path), digest: content, sizeBytes, executable: executable === true }
}

/** Also refuses what only Windows would read as a way out: a drive, a backslash. */
function checkPath(digest: Digest, path: unknown): string {
  const safe =
    typeof path === 'string' &&
    path.isWellFormed() &&
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
    (process.platform !== 'win32' || !/[\\:]/.test(path))
  if (safe) return path
  throw new UnsafeTreeError(digest, `${JSON.stringify(path)} is not a plain relative path`)
}
