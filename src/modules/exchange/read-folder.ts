import { type Dirent, existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import type { Metric, RunDatum } from '../tracking/index.ts'
import { NotAStoreError, UnreadableEntryError } from './errors.ts'
import { type FlatYaml, parseFlatYaml } from './flat-yaml.ts'
import {
  type LeaveOut,
  type SourceExperiment,
  type SourceModel,
  type SourceRun,
  type SourceStore,
  type SourceVersion,
  toStage,
  toStatus,
  toWhole,
  withoutEmpty,
} from './source-store.ts'

const trash = '.trash'
const modelsFolder = 'models'
const notRuns = new Set(['tags', 'datasets', 'traces', 'models', 'assessments'])

/** Opens MLflow's file store, the folder `mlruns`. */
export async function openFolderStore(given: string, leaveOut: LeaveOut): Promise<SourceStore> {
  const place = resolve(given)
  const folders = new Map<string, string>()
  for (const parent of [place, join(place, trash)]) {
    for (const name of await subfolders(parent)) {
      if (/^\d{1,40}$/.test(name)) folders.set(name, join(parent, name))
    }
  }
  const hasModels = existsSync(join(place, modelsFolder))
  if (folders.size === 0 && !hasModels) throw new NotAStoreError(given, 'there is no experiment in it')
  if (!hasModels && ![...folders.values()].some((folder) => existsSync(join(folder, 'meta.yaml'))))
    throw new NotAStoreError(given, 'no folder in it has a meta.yaml')

  const runFolders = async (folder: string): Promise<readonly string[]> =>
    (await subfolders(folder)).filter((name) => !notRuns.has(name) && !name.startsWith('.'))
  return {
    place,
    async experiments() {
      const found: SourceExperiment[] = []
      for (const [id, folder] of folders) {
        await attempt(`experiment ${id}`, leaveOut, async () => {
          const meta = await readMeta(join(folder, 'meta.yaml'))
          const createdMs = toWhole(meta.text('creation_time')) ?? 0
          found.push({
            id,
            name: meta.need('name'),
            lifecycleStage: toStage(meta.text('lifecycle_stage')),
            createdMs,
            updatedMs: toWhole(meta.text('last_update_time')) ?? createdMs,
            tags: await readTexts(join(folder, 'tags')),
          })
        })
      }
      return found
    },
    async countRuns() {
      let count = 0
      for (const folder of folders.values()) count += (await runFolders(folder)).length
      return count
    },
    async *runs(experimentId) {
      const folder = folders.get(experimentId)
      if (folder === undefined) return
      for (const name of await runFolders(folder)) {
        const run = await attempt(`run ${name}`, leaveOut, () => readRun(folder, name, leaveOut))
        if (run !== undefined) yield run
      }
    },
    async countLoggedModels() {
      let count = 0
      for (const folder of folders.values()) count += (await subfolders(join(folder, modelsFolder))).length
      return count
    },
    async models() {
      const found: SourceModel[] = []
      for (const name of await subfolders(join(place, modelsFolder))) {
        const model = await attempt(`model ${name}`, leaveOut, () =>
          readModel(join(place, modelsFolder, name), leaveOut),
        )
        if (model !== undefined) found.push(model)
      }
      return found
    },
    async [Symbol.asyncDispose]() {},
  }
}

async function attempt<T>(what: string, leaveOut: LeaveOut, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as { code?: unknown }
    const isOfSource = error instanceof UnreadableEntryError || (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    if (!isOfSource) throw error
    leaveOut({ what, why: (error as Error).message })
    return undefined
  }
}

async function readRun(experiment: string, name: string, leaveOut: LeaveOut): Promise<SourceRun> {
  const folder = join(experiment, name)
  const file = join(folder, 'meta.yaml')
  const meta = await readMeta(file)
  const status = toStatus(meta.need('status'))
  const startedMs = toWhole(meta.need('start_time'))
  const id = meta.text('run_id') ?? meta.need('run_uuid')
  if (id !== name) throw new UnreadableEntryError(file, `it says that the run is ${id}`)
  if (status === undefined) throw new UnreadableEntryError(file, `the status ${meta.need('status')} is unknown`)
  if (startedMs === undefined) throw new UnreadableEntryError(file, 'start_time is no time')
  return {
    id,
    name: meta.text('run_name') ?? '',
    user: meta.text('user_id') ?? '',
    status,
    lifecycleStage: toStage(meta.text('lifecycle_stage')),
    startedMs,
    endedMs: toWhole(meta.text('end_time')),
    deletedMs: toWhole(meta.text('deleted_time')),
    artifactUri: meta.text('artifact_uri') ?? '',
    artifactFolders: [join(folder, 'artifacts')],
    params: await readTexts(join(folder, 'params')),
    tags: await readTexts(join(folder, 'tags')),
    metrics: await readMetrics(join(folder, 'metrics'), (why) => leaveOut({ what: `run ${id}`, why })),
    inputs: await readInputs(folder, join(experiment, 'datasets')),
  }
}

async function readMetrics(folder: string, leaveOut: (why: string) => void): Promise<readonly Metric[]> {
  const metrics: Metric[] = []
  for (const key of await filesBelow(folder)) {
    const lines = (await readFile(join(folder, key), 'utf8')).split('\n')
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue
      const metric = toMetric(key, line.trim().split(' '))
      if (metric === undefined) leaveOut(`line ${index + 1} of the metric ${key} is not a value: ${line.slice(0, 60)}`)
      else metrics.push(metric)
    }
  }
  return metrics
}

/** `timestamp value [step [dataset digest]]`, as MLflow appends them. */
function toMetric(key: string, parts: readonly string[]): Metric | undefined {
  const [time, number, step = '0', datasetName, datasetDigest] = parts
  const timestampMs = toWhole(time)
  const value = toDouble(number ?? '')
  const stepNumber = toWhole(step)
  if (timestampMs === undefined || value === undefined || stepNumber === undefined) return undefined
  return { key, value, timestampMs, step: stepNumber, ...withoutEmpty({ datasetName, datasetDigest }) }
}

/** A double as Python writes it. */
function toDouble(text: string): number | undefined {
  const word = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(text)
  if (word !== null) return word[2]!.toLowerCase() === 'nan' ? NaN : word[1] === '-' ? -Infinity : Infinity
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

async function readInputs(run: string, datasets: string): Promise<readonly RunDatum[]> {
  const found: RunDatum[] = []
  for (const name of await subfolders(join(run, 'inputs'))) {
    const input = await readMeta(join(run, 'inputs', name, 'meta.yaml'))
    if (input.text('source_type') !== 'DATASET') continue
    const dataset = await readMeta(join(datasets, input.need('source_id'), 'meta.yaml'))
    const { 'mlflow.data.context': context, ...tags } = input.texts('tags')
    found.push({
      kind: 'dataset',
      name: context ?? '',
      digest: dataset.need('digest'),
      ...withoutEmpty({
        dataset: dataset.need('name'),
        sourceType: dataset.text('source_type'),
        source: dataset.text('source'),
        schema: dataset.text('schema'),
        profile: dataset.text('profile'),
      }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    })
  }
  return found
}

async function readModel(folder: string, leaveOut: LeaveOut): Promise<SourceModel> {
  const meta = await readMeta(join(folder, 'meta.yaml'))
  const name = meta.need('name')
  const versions: SourceVersion[] = []
  for (const entry of await subfolders(folder)) {
    const number = /^version-(\d{1,9})$/.exec(entry)?.[1]
    if (number === undefined) continue
    await attempt(`model ${name}@${number}`, leaveOut, async () => {
      const version = await readMeta(join(folder, entry, 'meta.yaml'))
      // A deleted version keeps its folder with this stage.
      if (version.text('current_stage') === 'Deleted_Internal') return
      versions.push({
        version: Number(number),
        source: version.text('source') ?? '',
        runId: version.text('run_id') ?? '',
        runLink: version.text('run_link') ?? '',
        description: version.text('description') ?? '',
        stage: version.text('current_stage') ?? 'None',
        user: version.text('user_id') ?? '',
        tags: await readTexts(join(folder, entry, 'tags')),
      })
    })
  }
  const aliases = Object.entries(await readTexts(join(folder, 'aliases')))
  return {
    name,
    description: meta.text('description') ?? '',
    tags: await readTexts(join(folder, 'tags')),
    aliases: Object.fromEntries(aliases.map(([alias, version]) => [alias, Number(version)])),
    versions: versions.toSorted((a, b) => a.version - b.version),
  }
}

class Meta {
  readonly #file: string
  readonly #values: FlatYaml

  constructor(file: string, values: FlatYaml) {
    this.#file = file
    this.#values = values
  }

  text(key: string): string | undefined {
    const value = this.#values[key]
    return typeof value === 'string' ? value : undefined
  }

  texts(key: string): Readonly<Record<string, string>> {
    const value = this.#values[key]
    return typeof value === 'object' ? value : {}
  }

  need(key: string): string {
    const value = this.text(key)
    if (value === undefined) throw new UnreadableEntryError(this.#file, `it has no ${key}`)
    return value
  }
}

async function readMeta(file: string): Promise<Meta> {
  const values = parseFlatYaml(await readFile(file, 'utf8'))
  if (values === undefined) throw new UnreadableEntryError(file, 'it is not a whole YAML file')
  return new Meta(file, values)
}

/** A folder of files, each a key with its value; a key with slashes lies deeper. */
async function readTexts(folder: string): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {}
  for (const key of await filesBelow(folder)) values[key] = await readFile(join(folder, key), 'utf8')
  return values
}

async function entries(folder: string): Promise<readonly Dirent[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function subfolders(folder: string): Promise<readonly string[]> {
  return (await entries(folder)).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

async function filesBelow(folder: string, prefix = ''): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await entries(join(folder, prefix))) {
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, `${prefix}${entry.name}/`)))
    else if (entry.isFile()) found.push(`${prefix}${entry.name}`)
  }
  return found
}
