import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import type { RunId } from '../../../kernel/ids.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { CodeState } from '../run.ts'
import { hasChanges, readPatchFacts } from './capture-code.ts'
import type { OmittedFile } from './changed-files.ts'
import { CommitMissingError, NotReproducibleError } from './errors.ts'
import { git, tryGit } from './git.ts'

/** A run's code in a folder of its own. */
export interface RestoredCode {
  /** The top of the restored repository. */
  readonly worktree: string
  /** The project's folder in it. */
  readonly project: string
  /** What the recorded difference did not hold; the code may lack it. */
  readonly omitted: readonly OmittedFile[]
  /** Installed packages that are shared with the project: `node_modules`, `.venv`. */
  readonly linked: readonly string[]
  readonly dispose: () => Promise<void>
}

/**
 * Restores the code of a run into a new folder: a git worktree of its commit with the recorded difference applied.
 * The user's own working tree is not touched. Installed packages are linked, since no commit holds them.
 */
export async function restoreCode(
  ctx: { readonly blobs: BlobStore; readonly projectRoot: string },
  run: { readonly id: RunId; readonly code: CodeState },
  folder: string,
): Promise<RestoredCode> {
  const worktree = resolve(folder)
  const { commit, diffDigest } = run.code
  const root = realpathSync(ctx.projectRoot)
  const top = (await tryGit(['rev-parse', '--show-toplevel'], { cwd: root }))?.trim()
  const inRepository = commit !== undefined && top !== undefined
  if (commit !== undefined && top === undefined)
    throw new NotReproducibleError(run.id, 'the project is in no git repository')
  if (commit === undefined && diffDigest === undefined)
    throw new NotReproducibleError(run.id, 'its code was not recorded')
  const dispose = async (): Promise<void> => {
    if (inRepository) await tryGit(['worktree', 'remove', '--force', '--force', worktree], { cwd: root })
    rmSync(worktree, { recursive: true, force: true })
    if (inRepository) await tryGit(['worktree', 'prune'], { cwd: root })
  }
  mkdirSync(dirname(worktree), { recursive: true })
  try {
    if (inRepository) await addWorktree({ runId: run.id, commit, root }, worktree)
    else mkdirSync(worktree)
    const patch = diffDigest === undefined ? undefined : await ctx.blobs.get(diffDigest)
    if (patch !== undefined && hasChanges(patch)) await applyPatch(patch, worktree)
    const facts = patch === undefined ? undefined : readPatchFacts(patch)
    const project = join(worktree, facts?.project ?? relative(realpathSync(top ?? root), root))
    mkdirSync(project, { recursive: true })
    const linked = linkPackages([[root, project], ...(inRepository ? [[top, worktree] as const] : [])])
    return { worktree, project, omitted: facts?.omitted ?? [], linked, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function addWorktree(
  source: { readonly runId: RunId; readonly commit: string; readonly root: string },
  worktree: string,
): Promise<void> {
  const { commit, root } = source
  const known = await tryGit(['cat-file', '-e', `${commit}^{commit}`], { cwd: root })
  if (known === undefined) throw new CommitMissingError(source.runId, commit)
  // Hooks of the repository would run user code for a checkout that nobody has asked for.
  await git(['-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--quiet', '--detach', worktree, commit], {
    cwd: root,
  })
}

async function applyPatch(patch: Uint8Array, worktree: string): Promise<void> {
  // A folder without a repository of its own must not be taken for a part of one above it.
  const env = { GIT_CEILING_DIRECTORIES: dirname(realpathSync(worktree)) }
  await git(['apply', '--binary', '--whitespace=nowarn', '-'], { cwd: worktree, env, input: patch })
}

function linkPackages(folders: readonly (readonly [from: string, to: string])[]): readonly string[] {
  const linked: string[] = []
  for (const [from, to] of folders) {
    for (const name of ['node_modules', '.venv']) {
      if (!existsSync(join(from, name)) || existsSync(join(to, name))) continue
      symlinkSync(join(from, name), join(to, name), 'junction')
      linked.push(join(to, name))
    }
  }
  return linked
}
