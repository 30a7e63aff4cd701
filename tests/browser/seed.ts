import { existsSync, mkdirSync } from 'node:fs'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

import { openContexts } from '../../src/app/contexts.ts'
import { loadConfig } from '../../src/config/index.ts'
import { ensureExperiment, finishRun, type MetricEntry, setTags, startRun } from '../../src/modules/tracking/index.ts'
import { churnProject, runBaton } from '../system/project.ts'

/** Numbers that look random and are the same every time (mulberry32, public domain). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const searches = [
  { experiment: 'churn-search', learners: ['gradient_boosting', 'logistic', 'random_forest'], user: 'ana' },
  { experiment: 'defects-cnn', learners: ['resnet18', 'efficientnet_b0', 'vit_tiny'], user: 'cleo' },
  { experiment: 'demand-forecast', learners: ['prophet', 'ets', 'gradient_boosting'], user: 'dev' },
] as const

export interface Seeded {
  readonly project: string
  readonly runs: number
}

/**
 * A project as a team leaves it after some months: the churn example's pipeline, run for two horizons, and thousands
 * of runs of hyperparameter searches, some with curves. Everything goes in by the same functions that users call.
 */
export async function seedProject(
  folder: string,
  runs: number,
  options: { readonly quick?: boolean } = {},
): Promise<Seeded> {
  mkdirSync(folder, { recursive: true })
  const { quick = false } = options
  const project = existsSync(`${folder}/churn`)
    ? `${folder}/churn`
    : churnProject(folder, quick ? 400 : 1500, { quick })
  for (const args of [[], ['--param', 'horizon_days=45'], ...(quick ? [] : [['--param', 'horizon_days=30']])]) {
    const { exitCode, stderr } = await runBaton(project, ['run', 'churn', ...args])
    if (exitCode !== 0) throw new Error(stderr)
  }
  const config = await loadConfig({ start: project, cwd: project, exact: true, env: {}, flags: {} })
  const contexts = await openContexts(config, () => undefined)
  try {
    await addSearches(contexts.tracking, runs)
  } finally {
    await contexts.close()
  }
  return { project, runs }
}

type Tracking = Awaited<ReturnType<typeof openContexts>>['tracking']

async function addSearches(tracking: Tracking, runs: number): Promise<void> {
  const random = createRandom(7)
  const experiments = new Map<string, string>()
  for (const { experiment } of searches) experiments.set(experiment, (await ensureExperiment(tracking, experiment)).id)
  const nowMs = Date.now()
  for (let index = 0; index < runs; index += 1) {
    const search = searches[Math.floor(random() ** 1.6 * searches.length)]!
    const learner = search.learners[Math.floor(random() * search.learners.length)]!
    const depth = 2 + Math.floor(random() * 8)
    const rate = Number((10 ** (-2.5 + 2 * random())).toPrecision(3))
    const subsample = Number((0.5 + random() / 2).toFixed(2))
    const quality = 0.62 + 0.14 * Math.exp(-((Math.log10(rate) + 1.3) ** 2)) - 0.004 * (depth - 5) ** 2 * random()
    const startedMs = nowMs - Math.round((runs - index) * 240_000 * (0.8 + 0.4 * random()))
    const id = await startRun(tracking, {
      experimentId: experiments.get(search.experiment)!,
      name: `${learner}-d${depth}-${String(index).padStart(5, '0')}`,
      kind: 'run',
      startedMs,
      parameters: { learner, max_depth: depth, learning_rate: rate, subsample, seed: index % 5 },
      tags: { 'mlflow.user': search.user, stage: index % 40 === 0 ? 'candidate' : 'exploration' },
    })
    const fate = random()
    const metrics: MetricEntry[] = [
      { key: 'rocAuc', value: Number((quality + 0.02 * random()).toFixed(5)), timestampMs: startedMs + 60_000 },
      {
        key: 'logLoss',
        value: Number((0.9 - quality * 0.6 + 0.03 * random()).toFixed(5)),
        timestampMs: startedMs + 60_000,
      },
      { key: 'fitSeconds', value: Number((2 + depth * 3 * random()).toFixed(2)), timestampMs: startedMs + 60_000 },
    ]
    if (index % 33 === 0 || index > runs - 40) metrics.push(...curves(random, { rate, quality, startedMs }))
    if (index > runs - 3) continue
    const status = fate < 0.94 ? 'FINISHED' : fate < 0.98 ? 'FAILED' : 'KILLED'
    const endedMs = startedMs + 20_000 + Math.round(300_000 * random())
    const error = { code: 'run.exception', message: 'MemoryError: could not allocate 1.2 GiB for the feature matrix' }
    await finishRun(tracking, id, { status, endedMs, metrics, ...(status === 'FAILED' ? { error } : {}) })
    if (index % 200 === 0) await setTags(tracking, id, { 'mlflow.note.content': note })
  }
}

const note =
  '## Finding\n\nShallow trees with a **small learning rate** do best; depth beyond 6 only adds variance.\n\n- keep `max_depth <= 6`\n- try monotone constraints next\n'

function curves(
  random: () => number,
  { rate, quality, startedMs }: { readonly rate: number; readonly quality: number; readonly startedMs: number },
): MetricEntry[] {
  const rounds = 120
  return Array.from({ length: rounds }, (_, step): MetricEntry[] => {
    const learned = 1 - Math.exp((-step * Math.sqrt(rate)) / 8)
    const timestampMs = startedMs + step * 400
    return [
      { key: 'train_loss', value: 0.693 - 0.35 * learned + 0.01 * random(), step, timestampMs },
      {
        key: 'validation_loss',
        value: 0.693 - (quality - 0.5) * learned + 0.0004 * step * rate * 10 + 0.015 * random(),
        step,
        timestampMs,
      },
    ]
  }).flat()
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const [, , folder = '', runs = '10000', quick = ''] = argv
  const { project } = await seedProject(folder, Number(runs), { quick: quick === 'quick' })
  process.stdout.write(`${project}\n`)
}
