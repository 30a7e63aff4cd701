// How quick the belt is where people wait for it: a run in which nothing changed, training, ingest.
// Beside each, in the same run, what a user would pick instead: DVC, scikit-learn, DuckDB alone.
//
//   make bench-belt

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { peerPrograms } from '../python.ts'
import { ingestThroughput } from './ingest.ts'

const here = dirname(fileURLToPath(import.meta.url))
const repository = resolve(here, '../..')
const work = join(repository, 'bench/.work/belt')
const baton = join(repository, 'bin/baton')
const dvc = join(peerPrograms(), 'dvc')
const REPEATS = 5
/** DVC's first run grows with the square of the stages: more than 13 minutes for 1,000, so it is asked for by name. */
const largestPeer = Number(process.env['DVC_STEPS'] ?? '100')

function seconds(command: string, args: readonly string[], cwd: string): number {
  const started = performance.now()
  const ended = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (ended.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${ended.stdout}\n${ended.stderr}`)
  return (performance.now() - started) / 1000
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** A chain of ten with the rest beside it: both depth and width. */
const dependsOn = (step: number): number | undefined => (step > 0 && step < 10 ? step - 1 : undefined)

function batonProject(steps: number): string {
  const folder = join(work, `baton-${steps}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'pipelines'), { recursive: true })
  writeFileSync(
    join(folder, 'baton.config.ts'),
    "import { defineConfig } from 'baton-ml'\nexport default defineConfig({ name: 'bench' })\n",
  )
  const lines = Array.from({ length: steps }, (_, i) => {
    const before = dependsOn(i)
    const inputs = before === undefined ? '' : `inputs: { before: s${before}.out }, `
    return `    const s${i} = p.step('s${i}', { run: shell('echo ${i} > $BATON_OUTPUT_OUT/out.txt'), ${inputs}outputs: { out: files() } })`
  })
  writeFileSync(
    join(folder, 'pipelines/main.ts'),
    `import { files, pipeline, shell } from 'baton-ml'\nexport default pipeline('main', {\n  steps(p) {\n${lines.join('\n')}\n    return s${steps - 1}\n  },\n})\n`,
  )
  return folder
}

function dvcProject(steps: number): string {
  const folder = join(work, `dvc-${steps}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const stages = Array.from({ length: steps }, (_, i) => {
    const before = dependsOn(i)
    const deps = before === undefined ? '' : `    deps: [s${before}.txt]\n`
    return `  s${i}:\n    cmd: echo ${i} > s${i}.txt\n${deps}    outs: [s${i}.txt]\n`
  })
  writeFileSync(join(folder, 'dvc.yaml'), `stages:\n${stages.join('')}`)
  execFileSync(dvc, ['init', '--no-scm', '-q'], { cwd: folder })
  execFileSync(dvc, ['config', 'core.analytics', 'false'], { cwd: folder })
  return folder
}

const lastJson = (text: string): Record<string, unknown> => JSON.parse(text.trim().split('\n').at(-1)!)

mkdirSync(work, { recursive: true })
console.log('A run in which nothing changed, median of five, seconds')
console.log(
  `${'steps'.padEnd(10)}${'Baton'.padStart(10)}${'first run'.padStart(12)}${'DVC'.padStart(10)}${'DVC / Baton'.padStart(14)}`,
)
const noop: Record<string, unknown>[] = []
for (const steps of [10, 100, 1000]) {
  const ours = batonProject(steps)
  const theirs = steps <= largestPeer ? dvcProject(steps) : undefined
  const firstRun = seconds(baton, ['--quiet', 'run', 'main'], ours)
  if (theirs !== undefined) seconds(dvc, ['repro', '-q'], theirs)
  const ourTimes: number[] = []
  const theirTimes: number[] = []
  for (let i = 0; i < REPEATS; i++) {
    ourTimes.push(seconds(baton, ['--quiet', 'run', 'main'], ours))
    if (theirs !== undefined) theirTimes.push(seconds(dvc, ['repro', '-q'], theirs))
  }
  const peer = theirs === undefined ? undefined : median(theirTimes)
  const result = { steps, baton: median(ourTimes), firstRun, dvc: peer, ratio: peer && peer / median(ourTimes) }
  noop.push(result)
  const cell = (value: number | undefined, digits: number) => (value === undefined ? '-' : value.toFixed(digits))
  console.log(
    `${String(steps).padEnd(10)}${cell(result.baton, 2).padStart(10)}${cell(firstRun, 2).padStart(12)}${cell(peer, 2).padStart(10)}${cell(result.ratio, 1).padStart(14)}`,
  )
}

console.log('\nGradient boosting')
const boosting = spawnSync(process.execPath, [join(repository, 'bench/gradient-boosting/run.ts')], {
  encoding: 'utf8',
  maxBuffer: 1 << 26,
  stdio: ['ignore', 'pipe', 'inherit'],
})
if (boosting.status !== 0) throw new Error('the gradient boosting bench failed')
console.log(boosting.stdout.trim().split('\n').slice(0, -1).join('\n'))

console.log('\nIngest of a CSV of invoice lines into a versioned table, with a schema of eight columns')
const ingest = await ingestThroughput(join(work, 'ingest'), baton)
console.log(
  `${(statSync(ingest.file).size / 1e6).toFixed(0)} MB: Baton ${ingest.batonMbPerSecond.toFixed(0)} MB/s, DuckDB copy alone ${ingest.duckdbMbPerSecond.toFixed(0)} MB/s, ratio ${ingest.ratio.toFixed(2)}`,
)

console.log(
  JSON.stringify({ noop, gradientBoosting: lastJson(boosting.stdout), ingest, versions: { node: process.version } }),
)
