import { expect, test } from 'vitest'

import { churnProject, runBaton, startBaton, temporaryFolder } from './project.ts'

const KILLS = 20

/** Ends the command and every process that it started, at once, as a power cut would. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It had ended by itself.
  }
}

test(`a run killed at ${KILLS} random moments: the next run finishes and nothing is torn`, async () => {
  using folder = temporaryFolder()
  const project = await churnProject(folder.path, 400)

  const first = performance.now()
  const whole = await runBaton(project, ['--json', 'run', 'churn', '--param', 'horizon_days=29'])
  expect(whole.exitCode, whole.stderr + whole.stdout).toBe(0)
  const wallMs = performance.now() - first

  let killed = 0
  for (let round = 0; round < KILLS; round++) {
    // Another horizon makes every step after ingest new; what a killed round finished stays cached for the next.
    const horizon = String(30 + Math.floor(round / 4))
    const { child, ended } = startBaton(project, ['--json', 'run', 'churn', '--param', `horizon_days=${horizon}`])
    const timer = setTimeout(() => killGroup(child.pid!), Math.random() * wallMs)
    const outcome = await ended
    clearTimeout(timer)
    killGroup(child.pid!)
    if (outcome.signal === 'SIGKILL') killed++

    const verified = await runBaton(project, ['--json', 'verify'])
    expect(verified.exitCode, `round ${round}: ${verified.stdout}${verified.stderr}`).toBe(0)
    const report = JSON.parse(verified.stdout) as { problems: unknown[] }
    expect(report.problems, `round ${round}`).toEqual([])
  }
  expect(killed).toBeGreaterThanOrEqual(KILLS / 4)

  for (let round = 0; round < KILLS; round += 4) {
    const horizon = String(30 + round / 4)
    const run = await runBaton(project, ['--json', 'run', 'churn', '--param', `horizon_days=${horizon}`])
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
  }
  const models = await runBaton(project, ['--json', 'models', 'show', 'churn'])
  const { versions } = JSON.parse(models.stdout) as { versions: { version: number }[] }
  const numbers = versions.map((version) => version.version).toSorted((a, b) => a - b)
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))

  const runs = await runBaton(project, ['--json', 'runs', 'list'])
  const { items } = JSON.parse(runs.stdout) as { items: { state: string }[] }
  expect(items.filter((run) => run.state === 'running')).toEqual([])
}, 420_000)
