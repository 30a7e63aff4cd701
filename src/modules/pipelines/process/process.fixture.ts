import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { digestBytes, digestValue } from '../../../kernel/hash.ts'
import type { DatasetReader, DatasetWriter } from '../../../ports/dataset-reader.ts'
import type { Executor } from '../../../ports/executor.ts'
import type { FolderStore } from '../../../ports/folder-store.ts'
import type { ProcessContext } from './process-context.ts'

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

function createFolderStore(root: string): FolderStore {
  return {
    store(path) {
      const files = listFiles(path)
      const tree = files.map((file) => [relative(path, file), digestBytes(readFileSync(file))])
      const digest = digestValue('test-tree/1', tree)
      cpSync(path, join(root, digest.slice(7)), { recursive: true })
      const sizeBytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0)
      return Promise.resolve({ digest, sizeBytes, files: files.length })
    },
    has: (digest) => Promise.resolve(existsSync(join(root, digest.slice(7)))),
    restore(digest, destination) {
      cpSync(join(root, digest.slice(7)), destination, { recursive: true })
      return Promise.resolve()
    },
  }
}

/** Tables as lists of files in a folder; a version is what was committed, in order. Rows are the lines of its files. */
function createTables(root: string): DatasetReader & DatasetWriter {
  const versions = new Map<string, string[][]>()
  return {
    commitFiles(dataset, files) {
      const list = versions.get(dataset) ?? []
      versions.set(dataset, list)
      const kept = files.map((file, index) => {
        const copy = join(root, dataset, String(list.length + 1), `${index}-${relative(join(file, '..'), file)}`)
        cpSync(file, copy)
        return copy
      })
      list.push(kept)
      const texts = kept.map((file) => readFileSync(file, 'utf8'))
      const rows = texts.reduce((sum, text) => sum + text.trim().split('\n').length, 0)
      return Promise.resolve({ dataset, version: list.length, digest: digestValue('test-table/1', texts), rows })
    },
    scan({ dataset, version }) {
      const files = versions.get(dataset)![version - 1]!
      return Promise.resolve({ sql: '', folders: [], files, rows: 0, columns: [] })
    },
  }
}

/** Everything a process step needs, with stores that keep plain files. */
export function createTestProcessContext(
  projectRoot: string,
  executor: Executor,
  variables: Readonly<Record<string, string>> = {},
): ProcessContext {
  const state = join(projectRoot, '.baton')
  for (const name of ['folders', 'tables']) mkdirSync(join(state, name), { recursive: true })
  const tables = createTables(join(state, 'tables'))
  const machine: Readonly<Record<string, string | undefined>> = { PATH: process.env.PATH, HOME: process.env.HOME }
  return {
    executor,
    projectRoot,
    env: (name) => variables[name] ?? machine[name],
    reader: tables,
    writer: tables,
    folders: createFolderStore(join(state, 'folders')),
  }
}
