import { Readable } from 'node:stream'

import { type Digest, isDigest } from '../../../kernel/hash.ts'
import { childRuns, getTree, type Run, type Tree } from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import type { ArtifactEntry } from '../contract/artifact.ts'
import { ArtifactNotFoundError } from '../errors.ts'

type ArtifactApp = Pick<HttpApp, 'tracking' | 'blobs' | 'artifacts'>

const folderKinds = new Set(['model', 'report', 'files'])

/** The folders that a run, or the steps of a pipeline run, have made, by the path that they are shown under. */
async function outputFolders({ tracking }: ArtifactApp, run: Run): Promise<ReadonlyMap<string, Digest>> {
  const folders = new Map<string, Digest>()
  const add = (of: Run, prefix: string): void => {
    for (const { kind, name, digest } of of.outputs)
      if (folderKinds.has(kind) && isDigest(digest)) folders.set(`${prefix}${name}`, digest)
  }
  add(run, '')
  if (run.kind === 'pipeline')
    for (const step of await childRuns(tracking, run.id)) add(step, `${step.step ?? step.name}/`)
  return folders
}

/** The place of the artifacts that clients have sent. */
function sentFolder(run: Run): string {
  return `${run.experimentId}/${run.id}/artifacts`
}

const join = (folder: string, name: string): string =>
  folder === '' || name === '' ? folder + name : `${folder}/${name}`

/** The entries directly under a folder, given every path in it. */
export function entriesUnder(
  folder: string,
  files: readonly { readonly path: string; readonly sizeBytes?: number }[],
): readonly ArtifactEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`
  const entries = new Map<string, ArtifactEntry>()
  for (const { path, sizeBytes } of files) {
    if (!path.startsWith(prefix)) continue
    const rest = path.slice(prefix.length)
    const slash = rest.indexOf('/')
    const name = slash === -1 ? rest : rest.slice(0, slash)
    if (name === '') continue
    const whole = join(folder, name)
    if (slash !== -1) entries.set(name, { path: whole, name, isFolder: true })
    else entries.set(name, { path: whole, name, isFolder: false, ...(sizeBytes === undefined ? {} : { sizeBytes }) })
  }
  return [...entries.values()]
}

/** What lies directly under a folder of a run: the outputs of its steps, and what clients have sent. */
export async function listArtifacts(app: ArtifactApp, run: Run, folder: string): Promise<readonly ArtifactEntry[]> {
  const folders = await outputFolders(app, run)
  const within = [...folders].find(([path]) => folder === path || folder.startsWith(`${path}/`))
  if (within !== undefined) {
    const tree = await getTree(app.blobs, within[1])
    return sorted(entriesUnder(folder, pathsOf(tree, within[0])))
  }
  const own = entriesUnder(
    folder,
    [...folders.keys()].map((path) => ({ path: `${path}/` })),
  )
  const roots = entriesUnder(
    folder,
    [...folders.keys()].map((path) => ({ path: `${path}/x` })),
  )
  const made = new Map([...own, ...roots].map((entry) => [entry.name, { ...entry, isFolder: true }]))
  for (const { name, isFolder, sizeBytes } of await app.artifacts.list(join(sentFolder(run), folder)))
    if (!made.has(name))
      made.set(name, { path: join(folder, name), name, isFolder, ...(sizeBytes === undefined ? {} : { sizeBytes }) })
  return sorted([...made.values()])
}

function pathsOf(tree: Tree, root: string) {
  const empty = tree.emptyFolders.map((path) => ({ path: `${root}/${path}/` }))
  return [...tree.files.map(({ path, sizeBytes }) => ({ path: `${root}/${path}`, sizeBytes })), ...empty]
}

function sorted(entries: readonly ArtifactEntry[]): readonly ArtifactEntry[] {
  const rank = ({ isFolder }: ArtifactEntry): number => (isFolder ? 0 : 1)
  return entries.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** The bytes of one artifact. */
export interface ArtifactContent {
  readonly content: Readable
  readonly sizeBytes: number
}

export async function openArtifact(app: ArtifactApp, run: Run, path: string): Promise<ArtifactContent> {
  const folders = await outputFolders(app, run)
  const within = [...folders].find(([root]) => path.startsWith(`${root}/`))
  if (within === undefined) return app.artifacts.open(join(sentFolder(run), path))
  const file = await openTreeFile(app, within[1], path.slice(within[0].length + 1))
  if (file === undefined) throw new ArtifactNotFoundError(path, `Run ${run.id}`)
  return file
}

/** A file of a stored folder, verified; undefined when the folder has none of that path. */
export async function openTreeFile(
  { blobs }: Pick<HttpApp, 'blobs'>,
  tree: Digest,
  path: string,
): Promise<ArtifactContent | undefined> {
  const { files } = await getTree(blobs, tree)
  const file = files.find((each) => each.path === path)
  if (file === undefined) return undefined
  const bytes = await blobs.get(file.digest)
  return { content: Readable.from([bytes]), sizeBytes: file.sizeBytes }
}
