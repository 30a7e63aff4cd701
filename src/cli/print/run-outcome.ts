import type { PlanOutcome, RunOutcome, StepOutcome } from '../app-interface.ts'
import { BatonError } from '../../kernel/errors.ts'
import { formatError } from './error.ts'
import { formatDuration } from './quantities.ts'
import { paint, type Screen } from './screen.ts'
import { formatFacts, formatTable } from './table.ts'
import { escapeControls } from './text-width.ts'

function counted(outcome: RunOutcome): string {
  const count = (state: StepOutcome['state'], word: string) => {
    const n = outcome.steps.filter((step) => step.state === state).length
    return n === 0 ? undefined : `${n} ${word}`
  }
  return [
    count('ran', 'ran'),
    count('cached', 'cached'),
    count('failed', 'failed'),
    count('stopped', 'stopped'),
    count('blocked', 'blocked'),
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}

/** The failing step with its own last lines, its error, and how to run it alone. */
function formatFailure(screen: Screen, outcome: RunOutcome, step: StepOutcome): string {
  const lines: string[] = []
  if (step.lastLines !== undefined && step.lastLines.length > 0) {
    lines.push(paint(screen, 'dim', `last lines of ${escapeControls(step.step)}`))
    lines.push(...step.lastLines.map((line) => `  ${escapeControls(line)}`), '')
  }
  if (step.error !== undefined) lines.push(formatError(screen, new BatonError(step.error), { debug: false }), '')
  const again = `baton run ${outcome.pipeline} --only ${step.step}`
  lines.push(
    formatFacts(screen, [
      ['log', step.logFile],
      ['run it alone', again],
    ]),
  )
  return lines.join('\n')
}

/** What was made and what to do next; the step lines were shown while it ran. */
export function formatRunOutcome(screen: Screen, outcome: RunOutcome): string {
  const blocks = outcome.steps
    .filter((step) => step.state === 'failed')
    .map((step) => formatFailure(screen, outcome, step))
  const notices = outcome.steps.flatMap((step) => step.notices ?? [])
  const verdict = { finished: 'done', failed: 'failed', stopped: 'stopped' }[outcome.state]
  const head = `${paint(screen, outcome.state === 'finished' ? 'green' : 'red', verdict)}  ${outcome.pipeline}: ${counted(outcome)} in ${formatDuration(outcome.wallMs)}`
  const next = notices.some((notice) => notice.label === 'next')
  const facts = formatFacts(screen, [
    ...notices.map((notice) => [escapeControls(notice.label), escapeControls(notice.text)] as const),
    ['run', `baton runs show ${outcome.runId}`],
    [
      'next',
      outcome.state === 'stopped'
        ? `baton run ${outcome.pipeline}`
        : next || outcome.state === 'failed'
          ? undefined
          : `baton runs list --pipeline ${outcome.pipeline}`,
    ],
  ])
  return [...blocks, head, facts].join('\n\n')
}

const planWords = { hit: 'cached', miss: 'runs', unknown: 'depends' } as const

export function formatPlan(screen: Screen, plan: PlanOutcome): string {
  const table = formatTable(
    screen,
    [
      { title: 'step', value: (step) => step.step, whole: true },
      { title: 'kind', value: (step) => step.kind },
      { title: 'would', value: (step) => planWords[step.state] },
      { title: 'because', value: (step) => step.reason },
    ],
    plan.steps,
  )
  const runs = plan.steps.filter((step) => step.state !== 'hit').length
  const sentence =
    runs === 0 ? 'Nothing would run: every step is cached.' : `${runs} of ${plan.steps.length} steps would run.`
  return `${table}\n\n${sentence}`
}
