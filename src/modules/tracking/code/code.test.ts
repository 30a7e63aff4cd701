import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createMemoryBlobs } from '../../../drivers/blob/memory/index.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import { captureCode, type CapturedCode } from './capture-code.ts'
import { restoreCode } from './restore-code.ts'

let root: string
let project: string
let blobs: BlobStore
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'baton-code-')))
  project = join(root, 'project')
  mkdirSync(project)
  blobs = createMemoryBlobs()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function runGit(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(project, path, '..'), { recursive: true })
  writeFileSync(join(project, path), content)
}

function commitAll(): string {
  runGit('add', '--all')
  runGit('commit', '--quiet', '--message', 'work')
  return runGit('rev-parse', 'HEAD')
}

/** Every file below a folder with its bytes, except what git and Baton keep for themselves. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1)
    if (/^(\.git|\.baton|node_modules)(\/|$)/.test(path) || entry.isDirectory()) continue
    const link = lstatSync(join(folder, path)).isSymbolicLink()
    const content = link
      ? `-> ${readlinkSync(join(folder, path))}`
      : readFileSync(join(folder, path)).toString('base64')
    files.set(path, `${link ? '' : statSync(join(folder, path)).mode & 0o111} ${content}`)
  }
  return files
}

async function restore(code: CapturedCode) {
  return await restoreCode({ blobs, projectRoot: project }, { id: 'r'.repeat(32) as RunId, code }, join(root, 'again'))
}

test('a clean repository is a commit and a branch', async () => {
  runGit('init', '--quiet', '--initial-branch=trunk')
  write('a.txt', 'a')
  const commit = commitAll()
  expect(await captureCode(project, blobs)).toEqual({ commit, branch: 'trunk', dirty: false, omitted: [] })
  utimesSync(join(project, 'a.txt'), new Date(), new Date(Date.now() + 5000))
  expect(await captureCode(project, blobs)).toMatchObject({ dirty: false })
  runGit('checkout', '--quiet', '--detach')
  expect(await captureCode(project, blobs)).toEqual({ commit, dirty: false, omitted: [] })
})

test('whatever was changed comes back in a worktree, and the repository stays as it was', async () => {
  runGit('init', '--quiet')
  write('kept.txt', 'kept\n')
  write('changed.txt', 'one\ntwo\n')
  write('deleted.txt', 'gone\n')
  write('moved.txt', 'a long enough text to be seen as a rename by git\n')
  write('binary.bin', Buffer.from([0, 1, 2, 255]))
  write('run.sh', '#!/bin/sh\n')
  commitAll()
  write('changed.txt', 'one\nthree without an end of line')
  write('staged only.txt', 'staged\n')
  runGit('add', 'staged only.txt')
  runGit('mv', 'moved.txt', 'moved away.txt')
  rmSync(join(project, 'deleted.txt'))
  write('binary.bin', Buffer.from([0, 9, 9, 255, 10, 13]))
  chmodSync(join(project, 'run.sh'), 0o755)
  write('new/ünïcode 🙂.txt', 'new\n')
  write('new/blob.bin', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 31) % 256)))
  write('new/empty', '')
  write('crlf.txt', 'a\r\nb\r\n')
  write('new\nline', 'odd')
  symlinkSync('kept.txt', join(project, 'link'))
  const status = runGit('status', '--porcelain')
  const objects = runGit('count-objects')
  const before = snapshot(project)

  const code = await captureCode(project, blobs)
  expect(code).toMatchObject({ dirty: true, omitted: [] })
  expect(await captureCode(project, blobs)).toEqual(code)
  expect([runGit('status', '--porcelain'), runGit('count-objects')]).toEqual([status, objects])

  const restored = await restore(code)
  expect(restored.project).toBe(join(root, 'again'))
  expect(snapshot(restored.project)).toEqual(before)
  expect(snapshot(project)).toEqual(before)
  await restored.dispose()
  expect(existsSync(join(root, 'again'))).toBe(false)
  expect(runGit('worktree', 'list').split('\n')).toHaveLength(1)
})

test('ignored files, generated folders, secrets and very large files are left out, and named where it matters', async () => {
  runGit('init', '--quiet')
  write('.gitignore', 'data/\n')
  commitAll()
  write('data/raw.csv', 'ignored')
  write('.baton/baton.db', 'state')
  write('node_modules/x/index.js', 'package')
  write('.env', 'TOKEN=abc')
  write('.env.example', 'TOKEN=')
  write('server.key', 'private')
  write('large.csv', 'x'.repeat(2000))
  write('small.txt', 'y'.repeat(300))
  write('b.txt', 'y'.repeat(400))
  const code = await captureCode(project, blobs, { fileBytes: 1000, totalBytes: 500 })
  expect(code.omitted).toEqual(
    [
      { path: 'server.key', sizeBytes: 7, reason: 'may hold a secret' },
      { path: '.env', sizeBytes: 9, reason: 'may hold a secret' },
      { path: 'b.txt', sizeBytes: 400, reason: 'the difference is full' },
      { path: 'large.csv', sizeBytes: 2000, reason: 'too large' },
    ].toSorted((a, b) => a.sizeBytes - b.sizeBytes),
  )
  const patch = Buffer.from(await blobs.get(code.diffDigest!)).toString()
  expect(patch).not.toContain('TOKEN=abc')
  expect(patch).not.toContain('private')
  const restored = await restore(code)
  expect([...snapshot(restored.worktree).keys()].toSorted()).toEqual(['.env.example', '.gitignore', 'small.txt'])
  expect(restored.omitted).toEqual(code.omitted)
  expect(restored.linked).toEqual([join(root, 'again', 'node_modules')])
  expect(readFileSync(join(restored.project, 'node_modules/x/index.js'), 'utf8')).toBe('package')
  await restored.dispose()
  expect(existsSync(join(project, 'node_modules/x/index.js'))).toBe(true)
})

describe('without a commit', () => {
  test('a fresh repository keeps every file', async () => {
    runGit('init', '--quiet', '--initial-branch=main')
    write('src/train.ts', 'export {}\n')
    write('staged.txt', 'old\n')
    runGit('add', 'staged.txt')
    write('staged.txt', 'new\n')
    const code = await captureCode(project, blobs)
    expect(code).toMatchObject({ branch: 'main', dirty: true })
    expect(code.commit).toBeUndefined()
    const restored = await restore(code)
    expect(snapshot(restored.project)).toEqual(snapshot(project))
    await restored.dispose()
  })

  test('so does a folder outside git, also when it is restored below a repository', async () => {
    write('.gitignore', 'ignored\n')
    write('src/train.ts', 'export {}\n')
    write('ignored', 'x')
    write('node_modules/a.js', 'x')
    const code = await captureCode(project, blobs)
    expect(code).toMatchObject({ dirty: true, omitted: [] })
    execFileSync('git', ['init', '--quiet', root])
    const restored = await restore(code)
    expect([...snapshot(restored.project).keys()].toSorted()).toEqual(['.gitignore', 'src/train.ts'])
    await restored.dispose()
  })
})

test('a project in a folder of a larger repository keeps its place, and tracked changes beside it count', async () => {
  runGit('init', '--quiet')
  write('shared/util.ts', 'old\n')
  write('churn/baton.config.ts', 'export default {}\n')
  commitAll()
  write('shared/util.ts', 'new\n')
  write('churn/src/new.ts', 'new\n')
  write('elsewhere/private-notes.txt', 'not part of the project\n')
  const inner = join(project, 'churn')
  const code = await captureCode(inner, blobs)
  const ctx = { blobs, projectRoot: inner }
  const restored = await restoreCode(ctx, { id: 'r' as RunId, code }, join(root, 'again'))
  expect(restored.project).toBe(join(root, 'again', 'churn'))
  expect([...snapshot(restored.worktree).keys()].toSorted()).toEqual([
    'churn/baton.config.ts',
    'churn/src/new.ts',
    'shared/util.ts',
  ])
  expect(readFileSync(join(restored.worktree, 'shared/util.ts'), 'utf8')).toBe('new\n')
  await restored.dispose()
})

test('a commit that is gone is named, and nothing is left behind', async () => {
  runGit('init', '--quiet')
  write('a', 'a')
  commitAll()
  const code = { commit: 'c0ffee'.padEnd(40, '0'), dirty: false, omitted: [] }
  await expect(restore(code)).rejects.toMatchObject({ code: 'tracking.commit_missing', kind: 'not_found' })
  expect(existsSync(join(root, 'again'))).toBe(false)
  await expect(restore({ dirty: true, omitted: [] })).rejects.toMatchObject({ code: 'tracking.not_reproducible' })
})
