/**
 * Our gradient boosting beside scikit-learn's HistGradientBoosting: the same generated rows, the same parameters
 * (100 trees of 31 leaves), both with all cores of the machine, in the same run and in turns.
 * `node bench/gradient-boosting/run.ts [rows …]`; 100,000 and 1,000,000 rows by default.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'

import { peerPrograms } from '../python.ts'
import { generate, writeData } from './data.ts'

interface Measure {
  readonly seconds: number
  readonly auc: number
  readonly peakMiB: number
  readonly version: string
}

const here = fileURLToPath(new URL('.', import.meta.url))
const python = join(peerPrograms(), 'python')
const REPEATS = 3

function measure(command: string, args: readonly string[]): Measure {
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8' })) as Measure
}

/** The run of middle duration; repeats only differ in time. */
function middle(runs: readonly Measure[]): Measure {
  return runs.toSorted((a, b) => a.seconds - b.seconds)[runs.length >> 1]!
}

function compare(rows: number): { rows: number; ours: Measure; peer: Measure; ratio: number } {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'))
  try {
    const file = join(folder, 'data.f32')
    writeData(generate(rows), file)
    const ours: Measure[] = []
    const peer: Measure[] = []
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      ours.push(measure(execPath, [join(here, 'ours.ts'), file, String(rows)]))
      peer.push(measure(python, [join(here, 'peer.py'), file, String(rows)]))
    }
    return { rows, ours: middle(ours), peer: middle(peer), ratio: middle(ours).seconds / middle(peer).seconds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
const sizes = argv.length > 2 ? argv.slice(2).map(Number) : [100_000, 1_000_000]
const results = sizes.map(compare)
console.log(
  `gradient boosting, 100 trees of 31 leaves, 20 columns (4 categorical), ${availableParallelism()} cores, median of ${REPEATS}`,
)
console.log('rows        side          train s     AUC   peak MiB   ours / peer')
for (const { rows, ours, peer, ratio } of results) {
  const line = (side: string, { seconds, auc, peakMiB }: Measure, note: string): string =>
    `${String(rows).padEnd(10)}  ${side.padEnd(12)} ${seconds.toFixed(2).padStart(8)}  ${auc.toFixed(4)}  ${peakMiB.toFixed(0).padStart(9)}   ${note}`
  console.log(line('baton', ours, ratio.toFixed(2)))
  console.log(line('scikit-learn', peer, ''))
}
console.log(
  JSON.stringify({ benchmark: 'gradient-boosting', cores: availableParallelism(), repeats: REPEATS, results }),
)
