// Runs the churn example on the UCI Online Retail file and prints, as its last line, the facts as one JSON object.
//
//   make example-online-retail RETAIL=path/to/online_retail.csv.gz
//
// Its store is a folder of its own, so that the demo's models and the real ones do not mix.

import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { measure } from '../measure.ts'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const project = resolve(repository, 'examples/churn')
const file = resolve(process.argv[2] ?? 'online_retail.csv.gz')

if (!existsSync(file)) {
  console.error(`There is no file ${file}.`)
  console.error('Get UCI dataset 352 (doi 10.24432/C5BW33) as CSV: make example-online-retail RETAIL=path')
  process.exit(2)
}

const { seconds, peakMiB, exitCode, output } = await measure(
  resolve(repository, 'bin/baton'),
  ['--project', project, '--json', 'run', 'churn'],
  { MARKETING_DB: file, BATON_STORE: '.baton-online-retail' },
)
if (exitCode !== 0) {
  console.error(output)
  process.exit(exitCode)
}

interface Step {
  readonly name: string
  readonly state: string
  readonly wallMs: number
  readonly summary?: string
  readonly metrics: Readonly<Record<string, number>>
  readonly notices: readonly { readonly label: string; readonly text: string }[]
  readonly outputs: Readonly<
    Record<string, { readonly rows?: number; readonly value?: { readonly model: string; readonly version: number } }>
  >
}
const { steps } = JSON.parse(output) as { readonly steps: readonly Step[] }
const stepNamed = (name: string): Step => steps.find((step) => step.name === name)!
const { metrics } = stepNamed('evaluate')
const register = stepNamed('register')
const { model, version } = register.outputs.version!.value!
const report = register.notices.find((notice) => notice.label === 'quality report')!.text

for (const step of steps) {
  console.log(
    `${step.name.padEnd(12)}${step.state.padEnd(8)}${(step.wallMs / 1000).toFixed(2).padStart(7)} s  ${step.summary ?? ''}`,
  )
}
console.log(
  JSON.stringify({
    rocAuc: metrics.rocAuc,
    interval: [metrics['rocAuc.lower'], metrics['rocAuc.upper']],
    testRows: stepNamed('split').outputs.test!.rows,
    model,
    version,
    report: relative(process.cwd(), resolve(project, report)),
    wallSeconds: Math.round(seconds * 100) / 100,
    peakMiB: Math.round(peakMiB),
    steps: steps.map((step) => ({ name: step.name, state: step.state, seconds: Math.round(step.wallMs) / 1000 })),
  }),
)
