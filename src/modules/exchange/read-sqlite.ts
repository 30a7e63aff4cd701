import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { RowSource, RowSources } from '../../ports/row-source.ts'
import type { Metric, RunDatum } from '../tracking/index.ts'
import { NotAStoreError } from './errors.ts'
import {
  type LeaveOut,
  type SourceModel,
  type SourceRun,
  type SourceStore,
  toStage,
  toStatus,
  toWhole,
  withoutEmpty,
} from './source-store.ts'

/** A row by the names of its columns: older stores lack some of them. */
type Row = Readonly<Record<string, string | null | undefined>>

const needed = ['experiments', 'runs', 'params', 'tags', 'metrics']

/** Opens the SQLite file of an MLflow store, for reading only and as of one moment. */
export async function openSqliteStore(sources: RowSources, given: string, leaveOut: LeaveOut): Promise<SourceStore> {
  const place = resolve(given)
  const source = await sources.open(`sqlite:${place}`)
  const known = new Set<string>()
  try {
    for await (const row of rowsOf(source, 'SELECT name FROM sqlite_master')) known.add(row['name'] ?? '')
    const missing = needed.filter((table) => !known.has(table))
    if (missing.length > 0) throw new NotAStoreError(given, `the table ${missing[0]!} is not in it`)
  } catch (error) {
    await source[Symbol.asyncDispose]()
    throw error
  }
  const read = (query: string, table?: string): AsyncIterable<Row> =>
    table !== undefined && !known.has(table) ? none() : rowsOf(source, query)
  const pairs = async (query: string, table?: string): Promise<Record<string, string>> => {
    const values: Record<string, string> = {}
    for await (const row of read(query, table)) values[row['key'] ?? ''] = row['value'] ?? ''
    return values
  }
  const count = async (table: string): Promise<number> => {
    for await (const row of read(`SELECT count(*) AS n FROM ${table}`, table)) return Number(row['n'])
    return 0
  }

  return {
    place,
    async experiments() {
      const found = []
      for await (const row of read('SELECT * FROM experiments ORDER BY experiment_id')) {
        const id = row['experiment_id'] ?? ''
        const createdMs = toWhole(row['creation_time']) ?? 0
        found.push({
          id,
          name: row['name'] ?? '',
          lifecycleStage: toStage(row['lifecycle_stage'] ?? undefined),
          createdMs,
          updatedMs: toWhole(row['last_update_time']) ?? createdMs,
          tags: await pairs(`SELECT key, value FROM experiment_tags WHERE experiment_id = ${id}`, 'experiment_tags'),
        })
      }
      return found
    },
    countRuns: () => count('runs'),
    countLoggedModels: () => count('logged_models'),
    async *runs(experimentId) {
      for await (const row of read(`SELECT * FROM runs WHERE experiment_id = ${literal(experimentId)}`)) {
        const id = row['run_uuid'] ?? ''
        const of = `run_uuid = ${literal(id)}`
        const run = toRun(row, dirname(place))
        if (run === undefined) {
          leaveOut({ what: `run ${id}`, why: 'it has no start time or an unknown status' })
          continue
        }
        const metrics: Metric[] = []
        for await (const metric of read(`SELECT * FROM metrics WHERE ${of}`)) metrics.push(toMetric(metric))
        yield {
          ...run,
          params: await pairs(`SELECT key, value FROM params WHERE ${of}`),
          tags: await pairs(`SELECT key, value FROM tags WHERE ${of}`),
          metrics,
          inputs: await readInputs(read, id),
        }
      }
    },
    async models() {
      const found: SourceModel[] = []
      for await (const row of read('SELECT * FROM registered_models ORDER BY name', 'registered_models'))
        found.push(await readModel({ read, pairs }, row))
      return found
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  }
}

async function* none(): AsyncGenerator<Row> {}

async function* rowsOf(source: RowSource, query: string): AsyncGenerator<Row> {
  const columns = (await source.columns({ query })).map(({ name }) => name)
  for await (const batch of source.batches({ query }))
    for (const values of batch) yield Object.fromEntries(columns.map((name, index) => [name, values[index]]))
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function toRun(row: Row, folder: string): Omit<SourceRun, 'params' | 'tags' | 'metrics' | 'inputs'> | undefined {
  const status = toStatus(row['status'] ?? '')
  const startedMs = toWhole(row['start_time'])
  if (status === undefined || startedMs === undefined) return undefined
  const artifactUri = row['artifact_uri'] ?? ''
  return {
    id: row['run_uuid'] ?? '',
    name: row['name'] ?? '',
    user: row['user_id'] ?? '',
    status,
    lifecycleStage: toStage(row['lifecycle_stage'] ?? undefined),
    startedMs,
    endedMs: toWhole(row['end_time']),
    deletedMs: toWhole(row['deleted_time']),
    artifactUri,
    artifactFolders: artifactFolders(artifactUri, folder),
  }
}

/** Where a URI points, and where the same files lie beside a database that was moved or that a server wrote. */
function artifactFolders(uri: string, folder: string): readonly string[] {
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/.exec(uri)?.[1]
  if (proxied !== undefined) return [join(folder, 'mlartifacts', proxied)]
  const path = uri.startsWith('file:') ? toPath(uri) : /^[a-z][a-z0-9+.-]+:/i.test(uri) ? undefined : uri
  if (path === undefined || path === '') return []
  const last = path.split('/').slice(-3).join('/')
  return [resolve(folder, path), join(folder, 'mlruns', last), join(folder, 'mlartifacts', last)]
}

function toPath(uri: string): string | undefined {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

function toMetric(row: Row): Metric {
  const isNan = row['is_nan'] === 'true' || row['is_nan'] === '1'
  return {
    key: row['key'] ?? '',
    value: isNan ? NaN : Number(row['value'] ?? NaN),
    timestampMs: toWhole(row['timestamp']) ?? 0,
    step: toWhole(row['step']) ?? 0,
  }
}

async function readInputs(read: (query: string, table?: string) => AsyncIterable<Row>, run: string) {
  const found: RunDatum[] = []
  const inputs = read(
    `SELECT i.input_uuid, d.* FROM inputs AS i JOIN datasets AS d ON d.dataset_uuid = i.source_id
     WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = ${literal(run)}`,
    'inputs',
  )
  for await (const row of inputs) {
    const all: Record<string, string> = {}
    const query = `SELECT name, value FROM input_tags WHERE input_uuid = ${literal(row['input_uuid'] ?? '')}`
    for await (const tag of read(query, 'input_tags')) all[tag['name'] ?? ''] = tag['value'] ?? ''
    const { 'mlflow.data.context': context, ...tags } = all
    found.push({
      kind: 'dataset',
      name: context ?? '',
      digest: row['digest'] ?? '',
      ...withoutEmpty({
        dataset: row['name'],
        sourceType: row['dataset_source_type'],
        source: row['dataset_source'],
        schema: row['dataset_schema'],
        profile: row['dataset_profile'],
      }),
      ...(Object.keys(tags).length === 0 ? {} : { tags }),
    })
  }
  return found
}

interface Reading {
  readonly read: (query: string, table?: string) => AsyncIterable<Row>
  readonly pairs: (query: string, table?: string) => Promise<Record<string, string>>
}

async function readModel({ read, pairs }: Reading, row: Row): Promise<SourceModel> {
  const name = row['name'] ?? ''
  const of = `name = ${literal(name)}`
  const versions = []
  for await (const version of read(`SELECT * FROM model_versions WHERE ${of} ORDER BY version`, 'model_versions')) {
    // A deleted version keeps its row with this stage.
    if (version['current_stage'] === 'Deleted_Internal') continue
    const number = Number(version['version'])
    versions.push({
      version: number,
      source: version['source'] ?? '',
      runId: version['run_id'] ?? '',
      runLink: version['run_link'] ?? '',
      description: version['description'] ?? '',
      stage: version['current_stage'] ?? 'None',
      user: version['user_id'] ?? '',
      tags: await pairs(
        `SELECT key, value FROM model_version_tags WHERE ${of} AND version = ${number}`,
        'model_version_tags',
      ),
    })
  }
  const aliases = await pairs(
    `SELECT alias AS key, version AS value FROM registered_model_aliases WHERE ${of}`,
    'registered_model_aliases',
  )
  return {
    name,
    description: row['description'] ?? '',
    tags: await pairs(`SELECT key, value FROM registered_model_tags WHERE ${of}`, 'registered_model_tags'),
    aliases: Object.fromEntries(Object.entries(aliases).map(([alias, version]) => [alias, Number(version)])),
    versions,
  }
}
