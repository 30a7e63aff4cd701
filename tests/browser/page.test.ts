import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

import { baton, repository } from '../system/project.ts'
import { chromiumPath, openBrowser } from './browser.ts'
import { startServer, type TestServer } from './server.ts'

const hasChromium = existsSync(chromiumPath)
const why = hasChromium ? '' : ` (skipped: no ${chromiumPath}; apt-get install chromium)`
const runs = 10_000

let folder: string
let project: string
let server: TestServer
let browser: Awaited<ReturnType<typeof openBrowser>>
const problems: string[] = []

beforeAll(async () => {
  if (!hasChromium) return
  execFileSync(
    join(repository, 'node_modules/.bin/vite'),
    ['build', '-c', 'web/vite.config.ts', '--logLevel', 'warn'],
    {
      cwd: repository,
      env: { ...process.env, NODE_ENV: 'production' },
    },
  )
  folder = mkdtempSync(join(tmpdir(), 'baton-page-'))
  // A process of its own: it loads a project as the command line does.
  const seed = join(repository, 'tests/browser/seed.ts')
  project = execFileSync(process.execPath, [seed, folder, String(runs), 'quick'], { encoding: 'utf8' }).trim()
  server = await startServer(project)
  browser = await openBrowser()
}, 300_000)

afterAll(async () => {
  if (!hasChromium) return
  await browser?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  // Nothing on any page was refused by its content policy or broke.
  expect(problems).toEqual([])
})

const pages: Page[] = []
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close()
})

async function open(path: string, base = server.url): Promise<Page> {
  const page = await browser.context.newPage()
  pages.push(page)
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => problems.push(`${path}: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 4'))
      problems.push(`${path}: ${message.text()}`)
  })
  await page.goto(`${base}${path}`)
  return page
}

describe.skipIf(!hasChromium)(`the page on ${runs} runs${why}`, () => {
  test('a run is found among 10,000 by a filter that the box completes', async () => {
    const page = await open('/')
    await page.getByRole('link', { name: /-d\d-/ }).first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('attributes.run_name LIKE')
    await page.getByRole('combobox', { name: 'Filter' }).fill("run_name LIKE '%-04242'")
    await page.keyboard.press('Enter')
    const found = page.getByRole('link', { name: /-04242$/ })
    await found.waitFor()
    expect(await page.getByRole('link', { name: /-d\d-\d{5}$/ }).count()).toBe(1)
    expect(new URL(page.url()).searchParams.get('filter')).toBe("run_name LIKE '%-04242'")

    await page.getByRole('combobox', { name: 'Filter' }).fill('metrics.ro')
    await page.getByRole('option', { name: 'metrics.rocAuc' }).first().waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type('> 0.76 and params.learner = ')
    await page.keyboard.type("'logistic'")
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'rocAuc' }).click()
    await page.waitForURL(/order=metrics.rocAuc/)
    const cells = page.locator('tbody tr:has(a)')
    await expect.poll(() => cells.count()).toBeGreaterThan(3)
    for (const text of await cells.allTextContents()) expect(text).toContain('logistic')
  })

  test('a filter that cannot be read stays, with what is wrong', async () => {
    const page = await open('/runs?filter=metrics.rocAuc+%3E%3E+1')
    await page.getByRole('alert').getByText('Invalid clause').waitFor()
    expect(await page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe('metrics.rocAuc >> 1')
  })

  test('only the rows in sight are in the document, and the last one can be reached', async () => {
    const page = await open('/runs')
    await page.getByRole('link', { name: /-d\d-/ }).first().waitFor()
    expect(await page.locator('tbody tr').count()).toBeLessThan(100)
    await page.locator('.table-scroll').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.locator(`tr[aria-rowindex="${runs}"]`).waitFor()
  })

  test('three runs are chosen with the keyboard and compared', async () => {
    const page = await open(`/runs?filter=${encodeURIComponent('metrics.train_loss > 0 and status = "FINISHED"')}`)
    await page.getByRole('link', { name: /-d\d-/ }).first().waitFor()
    for (const key of ['j', 'x', 'j', 'x', 'j', 'x', 'c']) await page.keyboard.press(key)
    await page.waitForURL(/\/compare\?runs=/)
    await page.getByRole('heading', { level: 1, name: 'What makes these runs differ?' }).waitFor()
    const table = page.getByRole('region', { name: 'What differs' }).getByRole('table')
    await table.getByRole('rowheader', { name: 'rocAuc' }).waitFor()
    expect(await table.getByRole('columnheader').count()).toBe(4)
    await page.getByRole('img', { name: /Curve of validation_loss/ }).waitFor()
    await page
      .getByRole('img', { name: /Parallel coordinates/ })
      .locator('canvas')
      .waitFor()
    await page.goBack()
    await page.waitForURL(/\/runs\?filter=/)
  })

  test('a curve opens, can be smoothed, and says its numbers as a table', async () => {
    const page = await open(`/runs?filter=${encodeURIComponent('metrics.train_loss > 0')}`)
    await page.getByRole('link', { name: /-d\d-/ }).first().click()
    await page.getByRole('link', { name: 'Curves' }).click()
    await page
      .getByRole('img', { name: /Curve of train_loss/ })
      .locator('canvas')
      .waitFor()
    await page.getByRole('slider').fill('0.9')
    await page.waitForURL(/smooth=0.9/)
    await page.getByRole('checkbox', { name: 'As tables' }).check()
    const row = page.getByRole('table', { name: 'train_loss' }).getByRole('row').nth(1)
    expect(await row.getByRole('cell').last().textContent()).toBe('120')
  })

  test('a model is promoted only with a reason, which is kept', async () => {
    const page = await open('/models/churn')
    await page.getByRole('button', { name: 'Promote' }).click()
    const dialog = page.getByRole('dialog')
    const send = dialog.getByRole('button', { name: 'Promote' })
    expect(await send.isDisabled()).toBe(true)
    await dialog.getByLabel('Why').fill('Beats the old rule on May, agreed with marketing')
    await send.click()
    await dialog.waitFor({ state: 'detached' })
    const history = page.getByRole('region', { name: 'History of its aliases' })
    await history.getByText('Beats the old rule on May').waitFor()
    await history.getByRole('cell', { name: 'champion' }).waitFor()

    await page.getByRole('button', { name: 'Roll back' }).click()
    await dialog.getByLabel('Why').fill('Wrong version')
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await dialog
      .getByRole('alert')
      .getByText(/no .*version|nothing/i)
      .waitFor()
    expect(await dialog.getByLabel('Why').inputValue()).toBe('Wrong version')
  })

  test('a note is written with a preview and kept', async () => {
    const page = await open('/runs?filter=status+%3D+%27FINISHED%27')
    await page.getByRole('link', { name: /-d\d-/ }).first().click()
    await page.getByRole('button', { name: /^(Write|Edit)$/ }).click()
    await page.getByLabel('Note in Markdown').fill('# Decision\n\nUse **this** one. <img src=x onerror=alert(1)>')
    await page.getByLabel('Preview').getByRole('heading', { name: 'Decision' }).waitFor()
    await page.getByRole('button', { name: 'Keep' }).click()
    await page.reload()
    await page.getByRole('region', { name: 'Note and conclusion' }).getByText('<img src=x').waitFor()
  })

  test("anything is found by ⌘K, and MLflow's own addresses lead to the right page", async () => {
    const page = await open('/datasets')
    await page.getByRole('link', { name: 'customers' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('churn')
    await page
      .getByRole('option', { name: /model.*churn/ })
      .first()
      .waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/models\/churn/)

    const [run] = (
      (await (await fetch(`${server.url}/api/v1/runs?kinds=pipeline&limit=1`)).json()) as { rows: { id: string }[] }
    ).rows
    const mlflow = await open(`/#/experiments/1/runs/${run!.id}`)
    await mlflow.waitForURL(new RegExp(`/runs/${run!.id}`))
    await mlflow
      .getByRole('group', { name: 'Steps of the pipeline run' })
      .getByRole('button', { name: /evaluate/ })
      .waitFor()
    const model = await open('/#/models/churn')
    await model.waitForURL(/\/models\/churn/)
  })

  test('eight tabs are open at once: the server has a connection for each of them', async () => {
    for (let tab = 0; tab < 8; tab += 1) {
      const page = await open('/models')
      await page.getByRole('link', { name: 'churn', exact: true }).last().waitFor()
    }
  })

  test('who has not signed in sees nothing, a viewer looks and is refused to promote, with who can grant it', async () => {
    const password = 'correct horse battery'
    execFileSync(baton, ['--project', project, 'users', 'add', 'vera', '--role', 'viewer', '--password-stdin'], {
      input: password,
    })
    await using guarded = await startServer(project, { BATON_AUTH: 'true' })
    const page = await open('/models/churn', guarded.url)
    await page.getByRole('heading', { level: 1, name: 'Who are you?' }).waitFor()
    expect(await page.getByRole('table').count()).toBe(0)
    await page.getByLabel('Name').fill('vera')
    await page.getByLabel('Password or token').fill('wrong horse')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe('vera')
    await page.getByLabel('Password or token').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()

    await page.getByRole('button', { name: 'Promote' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('alert').getByText('viewer').waitFor()
    await dialog.getByText('baton users grant vera --role engineer').waitFor()
    await dialog.getByLabel('Why').fill('Because I want to')
    expect(await dialog.getByRole('button', { name: 'Promote' }).isDisabled()).toBe(true)
    // The button is a courtesy: the server refuses too.
    const refused = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ version: 1, why: 'Because I want to' })
      const answer = await fetch('/api/v1/models/churn/aliases/champion', { method: 'PUT', headers, body })
      return { status: answer.status, problem: (await answer.json()) as { kind: string; hint: string } }
    })
    expect(refused).toMatchObject({ status: 403, problem: { kind: 'denied', hint: expect.stringContaining('grant') } })

    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await page.getByRole('link', { name: /-d\d-/ }).first().click()
    await page.getByRole('button', { name: /^(Write|Edit)$/ }).click()
    await page.getByLabel('Note in Markdown').fill('A viewer writes')
    await page.getByRole('button', { name: 'Keep' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('Note in Markdown').inputValue()).toBe('A viewer writes')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Who are you?' }).waitFor()
  })

  test('every page has one heading, which is a question, and can be reached by its links', async () => {
    const page = await open('/runs')
    for (const name of ['Pipelines', 'Datasets', 'Models', 'Lineage', 'Runs']) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click()
      await page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current=page]', { hasText: name }).waitFor()
      const headings = page.getByRole('heading', { level: 1 })
      await expect.poll(() => headings.count()).toBe(1)
      expect(await headings.textContent()).toMatch(/\?$/)
    }
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys and help' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })
})
