import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  batonJson,
  churnProject,
  expectWholeStore,
  runBaton,
  type RunDocument,
  stepOf,
  temporaryFolder,
} from './project.ts'

interface VerificationDocument {
  readonly problems: readonly { readonly what: string; readonly where: string; readonly hint: string }[]
}

describe('what baton verify finds, and what it says to do, mends', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let project: string
  beforeAll(async () => {
    folder = temporaryFolder()
    project = churnProject(folder.path, 250, { quick: true })
    const run = await batonJson<RunDocument>(project, ['run', 'churn'])
    modelDigest = stepOf(run, 'train').outputs['model']!.digest
  }, 60_000)
  afterAll(() => folder[Symbol.dispose]())

  function filesBelow(path: string, ending: string): readonly string[] {
    return readdirSync(join(project, '.baton', path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
  }
  const flip = (path: string) => {
    const bytes = readFileSync(path)
    bytes[Math.floor(bytes.length / 2)]! ^= 1
    rmSync(path)
    writeFileSync(path, bytes)
  }
  let modelDigest: string
  const blobFile = (digest: string) => join(project, '.baton/blobs/sha256', digest.slice(7, 9), digest.slice(9))
  /** The list of the model's files, and the files that it names. A report cannot come out the same: it tells the time. */
  function modelBlobs(): readonly string[] {
    const list = readFileSync(blobFile(modelDigest), 'utf8')
    return [modelDigest, ...(list.match(/sha256:[0-9a-f]{64}/g) ?? [])].map(blobFile)
  }
  async function problems(): Promise<VerificationDocument['problems']> {
    const ended = await runBaton(project, ['--json', 'verify'])
    expect(ended.exitCode, ended.stdout).toBe(1)
    return (JSON.parse(ended.stdout) as VerificationDocument).problems
  }

  /** Does what the hints say: deletes what is named, and runs again. */
  async function follow(found: VerificationDocument['problems']): Promise<void> {
    for (const { where, hint } of found) {
      if (hint.includes('delete it, if it is there')) rmSync(join(project, where), { force: true })
    }
    const again = await runBaton(project, ['run', 'churn'])
    expect(again.exitCode, again.stdout + again.stderr).toBe(0)
  }

  test.each([
    ['a flipped bit in a part', 'customers', () => flip(filesBelow('tables/customers', '.parquet')[0]!)],
    ['a part that is gone', 'split.train', () => rmSync(filesBelow('tables/split.train', '.parquet')[0]!)],
    ['a flipped bit in each blob of the model', 'Blob sha256:', () => modelBlobs().forEach(flip)],
  ])('%s: it is named, and running again makes it anew', async (_, name, damage) => {
    damage()
    const found = await problems()
    expect(found.map(({ what }) => what).join('\n')).toContain(name)
    await follow(found)
    await expectWholeStore(project)
  })

  test('a torn log: the dataset begins anew', async () => {
    const log = filesBelow('tables/customers/_delta_log', '.json').at(-1)!
    writeFileSync(log, readFileSync(log).subarray(0, 100))
    const [problem] = await problems()
    expect(problem).toMatchObject({ what: 'customers is damaged: a file of its log is not whole.' })
    expect(problem!.hint).toContain('delete the folder .baton/tables/customers')
    rmSync(join(project, '.baton/tables/customers'), { recursive: true })
    await follow([])
    await expectWholeStore(project)
  })
})
