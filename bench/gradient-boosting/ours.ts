import { readFileSync } from 'node:fs'
import { argv } from 'node:process'

import { fitInWorker, learnerSpec, predictFitted } from '../../src/modules/learners/index.ts'
import { type BenchData, toTable } from './data.ts'
import { rocAuc } from '../../src/modules/learners/roc-auc.fixture.ts'

const [, , file, rowsText] = argv as [string, string, string, string]
const rows = Number(rowsText)
const bytes = readFileSync(file)
const column = (index: number): Float32Array =>
  new Float32Array(bytes.buffer, bytes.byteOffset + index * rows * 4, rows)
const data: BenchData = {
  rows,
  categorical: Array.from({ length: 20 }, (_, index) => index >= 16),
  columns: Array.from({ length: 20 }, (_, index) => column(index)),
  labels: column(20),
}
const cut = Math.round(rows * 0.8)
const train = toTable(data, 0, cut)
const test = toTable(data, cut, rows)
const spec = learnerSpec.parse({ kind: 'gradientBoosting', learningRate: 0.1, roundsWithoutValidation: 100 })
const started = performance.now()
const { model } = await fitInWorker({ spec, task: 'binary', train, refit: false, seed: 0 })
const seconds = (performance.now() - started) / 1000
const peakMiB = process.resourceUsage().maxRSS / 1024
const auc = rocAuc(predictFitted(model, test), test.target)
console.log(JSON.stringify({ seconds, auc, peakMiB, version: `node ${process.versions.node}` }))
