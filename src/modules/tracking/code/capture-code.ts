import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'

import type { Digest } from '../../../kernel/hash.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { CodeState } from '../run.ts'
import { present } from '../run-rows.ts'
import {
  defaultLimits,
  type DifferenceLimits,
  isGenerated,
  listChangedPaths,
  type OmittedFile,
  selectFiles,
} from './changed-files.ts'
import { git, type GitOptions, tryGit } from './git.ts'

/** The state of the code, and what its recorded difference does not hold. */
export interface CapturedCode extends CodeState {
  readonly omitted: readonly OmittedFile[]
}

/**
 * The code below a project's folder: commit, branch, and as a blob the difference from the commit, untracked and
 * binary files included, as one patch that `git apply` takes. Before the first commit and outside git the patch holds
 * every file. Nothing in the repository is changed.
 */
export async function captureCode(
  root: string,
  blobs: BlobStore,
  limits: DifferenceLimits = defaultLimits,
): Promise<CapturedCode> {
  const top = (await tryGit(['rev-parse', '--show-toplevel'], { cwd: root }))?.trim()
  if (top !== undefined && top !== '') return await captureRepository(blobs, { top, root }, limits)
  return await captureFolder(blobs, await realpath(root), limits)
}

interface Place {
  readonly top: string
  readonly root: string
}

async function captureRepository(blobs: BlobStore, place: Place, limits: DifferenceLimits): Promise<CapturedCode> {
  const cwd = place.top
  const [head, branch] = await Promise.all([
    tryGit(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd }),
    tryGit(['symbolic-ref', '--short', '--quiet', 'HEAD'], { cwd }),
  ])
  const commit = head?.trim()
  const paths = await listChangedPaths(place, commit !== undefined)
  const state = present({ commit, branch: branch?.trim() })
  if (paths.length === 0) return { ...state, dirty: false, omitted: [] }
  const { kept, omitted } = await selectFiles(place.top, paths, limits)
  const diffDigest = await storePatch(blobs, { ...place, kept, omitted, commit })
  return { ...state, dirty: true, diffDigest, omitted }
}

/** A repository of its own, made elsewhere and thrown away, lets git read a folder that has none. */
async function captureFolder(blobs: BlobStore, root: string, limits: DifferenceLimits): Promise<CapturedCode> {
  const scratch = mkdtempSync(join(tmpdir(), 'baton-git-'))
  try {
    const made = await tryGit(['init', '--quiet', '--bare', scratch], { cwd: root })
    if (made === undefined) return { dirty: true, omitted: [] }
    const args = [`--git-dir=${scratch}`, `--work-tree=${root}`, 'ls-files', '--others', '--exclude-standard', '-z']
    const paths = (await git(args, { cwd: root })).split('\0').filter((path) => path !== '' && !path.endsWith('/'))
    const own = paths.filter((path) => !isGenerated(path))
    const { kept, omitted } = await selectFiles(root, own, limits)
    const env = { GIT_DIR: scratch, GIT_WORK_TREE: root }
    const diffDigest = await storePatch(blobs, { top: root, root, kept, omitted, commit: undefined, env })
    return { dirty: true, diffDigest, omitted }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

interface PatchInput extends Place {
  readonly kept: readonly string[]
  readonly omitted: readonly OmittedFile[]
  readonly commit: string | undefined
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Writes the patch by way of an index and an object folder of its own, so that the user's staging area and
 * repository stay as they are.
 */
async function storePatch(blobs: BlobStore, input: PatchInput): Promise<Digest> {
  const scratch = mkdtempSync(join(tmpdir(), 'baton-diff-'))
  try {
    const cwd = input.top
    mkdirSync(join(scratch, 'objects'))
    const objects = (await git(['rev-parse', '--git-path', 'objects'], options({ cwd }, input.env))).trim()
    const env = {
      ...input.env,
      GIT_INDEX_FILE: join(scratch, 'index'),
      GIT_OBJECT_DIRECTORY: join(scratch, 'objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: await realpath(join(objects.startsWith('/') ? '/' : cwd, objects)),
    }
    const base =
      input.commit ?? (await git(['hash-object', '-w', '-t', 'tree', '--stdin'], { cwd, env, input: '' })).trim()
    if (input.commit !== undefined) await git(['read-tree', base], { cwd, env })
    const names = input.kept.map((path) => `${path}\0`).join('')
    await git(['update-index', '--add', '--remove', '-z', '--stdin'], { cwd, env, input: names })
    const patch = join(scratch, 'patch')
    appendFileSync(patch, header(input))
    const args = [
      'diff-index',
      '--cached',
      '--binary',
      '--full-index',
      '--no-renames',
      '--no-ext-diff',
      '--no-textconv',
    ]
    await git([...args, '--no-color', '--src-prefix=a/', '--dst-prefix=b/', base], { cwd, env, appendTo: patch })
    return (await blobs.putFile(patch)).digest
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function options(base: GitOptions, env: Readonly<Record<string, string>> | undefined): GitOptions {
  return env === undefined ? base : { ...base, env }
}

const factsMark = '# baton: '

/** What a recorded difference says of itself. */
export interface PatchFacts {
  /** The commit it is the difference from. */
  readonly base?: string
  /** The project's folder below the top of the repository; empty when they are one. */
  readonly project: string
  readonly omitted: readonly OmittedFile[]
}

/** Lines before the first `diff --git` are skipped by git apply. */
function header({ top, root, commit, omitted }: PatchInput): string {
  const project = relative(top, realpathSync(root)).split(sep).join('/')
  const facts: PatchFacts = { ...present({ base: commit }), project, omitted }
  return `${factsMark}${JSON.stringify(facts)}\n`
}

/** Reads what a recorded difference says of itself. */
export function readPatchFacts(patch: Uint8Array): PatchFacts {
  const bytes = Buffer.from(patch.buffer, patch.byteOffset, patch.byteLength)
  const line = bytes.subarray(0, bytes.indexOf('\n')).toString()
  if (!line.startsWith(factsMark)) return { project: '', omitted: [] }
  return JSON.parse(line.slice(factsMark.length)) as PatchFacts
}

/** True when there is something to apply. */
export function hasChanges(patch: Uint8Array): boolean {
  return Buffer.from(patch.buffer, patch.byteOffset, patch.byteLength).includes('\ndiff --git ')
}
