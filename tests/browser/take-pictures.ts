import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'

import { openBrowser } from './browser.ts'

// Takes pictures of every page of a running server: node tests/browser/take-pictures.ts URL FOLDER [only]

interface RunRef {
  readonly id: string
}

const [, , base = 'http://127.0.0.1:5000', folder = 'docs/pictures', only = ''] = argv
mkdirSync(folder, { recursive: true })

async function ask<T>(path: string): Promise<T> {
  return (await (await fetch(`${base}/api/v1${path}`)).json()) as T
}

const idsOf = async (query: string): Promise<readonly string[]> =>
  (await ask<{ rows: RunRef[] }>(`/runs?${query}`)).rows.map(({ id }) => id)

const [pipeline = ''] = await idsOf('kinds=pipeline&limit=1')
const pipelines = await idsOf('kinds=pipeline&limit=5')
const curves = await idsOf(`filter=${encodeURIComponent('metrics.train_loss > 0')}&limit=8`)
const noted = await idsOf(`filter=${encodeURIComponent("tags.`mlflow.note.content` LIKE '%Finding%'")}&limit=1`)
const [evaluate = ''] = await idsOf(`kinds=step&filter=${encodeURIComponent("step = 'evaluate'")}&limit=1`)
const [failed = ''] = await idsOf(`filter=${encodeURIComponent("status = 'FAILED'")}&limit=1`)

const pages: Readonly<Record<string, string>> = {
  runs: '/runs?order=metrics.rocAuc+DESC',
  'runs-grouped': '/runs?group=params.learner&experiment=2&order=metrics.rocAuc+DESC',
  'runs-filter-error': '/runs?filter=metrics.rocAuc+%3E%3E+1',
  'runs-none': "/runs?filter=run_name+%3D+'nothing'",
  pipeline: `/runs/${pipelines.at(-1) ?? pipeline}`,
  'pipeline-cached': `/runs/${pipeline}?step=train`,
  run: `/runs/${noted[0] ?? ''}`,
  'run-evaluate': `/runs/${evaluate}`,
  'run-failed': `/runs/${failed}`,
  'run-curves': `/runs/${curves[1] ?? ''}?tab=curves&smooth=0.8`,
  'run-code': `/runs/${pipeline}?tab=code`,
  'run-log': `/runs/${pipelines.at(-1) ?? pipeline}?tab=log&step=train`,
  'run-artifacts': `/runs/${pipelines.at(-1) ?? pipeline}?tab=artifacts&path=evaluate/report/quality.html`,
  'run-missing': '/runs/0000000000',
  compare: `/compare?runs=${curves.slice(0, 5).join(',')}`,
  pipelines: '/pipelines',
  datasets: '/datasets',
  dataset: '/datasets/customers',
  models: '/models',
  model: '/models/churn',
  lineage: '/lineage',
}

for (const [name, width, colors] of [
  ['light', 1440, 'light'],
  ['dark', 1440, 'dark'],
  ['narrow', 390, 'light'],
] as const) {
  await using browser = await openBrowser({ width, colors })
  const page = await browser.context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') process.stderr.write(`${name} ${page.url()}: ${message.text()}\n`)
  })
  page.on('pageerror', (error) => process.stderr.write(`${name} ${page.url()}: ${error.message}\n`))
  for (const [each, path] of Object.entries(pages)) {
    if (only !== '' && !only.split(',').includes(each)) continue
    await page.goto(`${base}${path}`)
    await page.waitForLoadState('load')
    await page.waitForTimeout(each === 'compare' || each === 'model' ? 2500 : 900)
    await page.screenshot({ path: join(folder, `${each}-${name}.png`) })
  }
}
