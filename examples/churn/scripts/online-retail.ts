// Runs the churn example on the UCI Online Retail file and prints, as its last line, the facts as one JSON object.
//
//   node scripts/online-retail.ts path/to/online_retail.csv.gz
//
// Its store is a folder of its own, so that the demo's models and the real ones do not mix.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const baton = resolve(project, '../../bin/baton')
const file = resolve(process.argv[2] ?? 'online_retail.csv.gz')

if (!existsSync(file)) {
  console.error(`There is no file ${file}.\nGet UCI dataset 352 (doi 10.24432/C5BW33) as CSV and pass its path: make example-online-retail RETAIL=path`)
  process.exit(2)
}

const started = performance.now()
const child = spawn(baton, ['--project', project, '--json', 'run', 'churn'], {
  env: { ...process.env, MARKETING_DB: file, BATON_STORE: '.baton-online-retail' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
let output = ''
child.stdout.setEncoding('utf8').on('data', (text: string) => {
  output += text
})
const exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 1)))
const wallSeconds = (performance.now() - started) / 1000
if (exitCode !== 0) {
  console.error(output)
  process.exit(exitCode)
}

interface Step {
  readonly step: string
  readonly state: string
  readonly wallMs: number
  readonly metrics: Record<string, number>
  readonly outputs: Record<string, { readonly value?: { readonly model: string; readonly version: number; readonly report: string } }>
}
const run = JSON.parse(output) as { readonly steps: readonly Step[]; readonly peakMemoryBytes: number }
const metrics = run.steps.find((step) => step.step === 'evaluate')!.metrics
const registered = Object.values(run.steps.find((step) => step.step === 'register')!.outputs)[0]!.value!

console.log(
  JSON.stringify({
    rocAuc: metrics.rocAuc,
    interval: [metrics.rocAucLower, metrics.rocAucUpper],
    testRows: metrics.testRows,
    model: registered.model,
    version: registered.version,
    report: relative(process.cwd(), resolve(project, registered.report)),
    wallSeconds: Math.round(wallSeconds * 100) / 100,
    peakMiB: Math.round(run.peakMemoryBytes / 2 ** 20),
    steps: run.steps.map((step) => ({ name: step.step, state: step.state, seconds: Math.round(step.wallMs) / 1000 })),
  }),
)
