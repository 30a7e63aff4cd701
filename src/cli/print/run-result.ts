import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Plan, RunResult, StepNotice, StepOutcome } from '../../modules/pipelines/index.ts'
import { describePlan } from '../../modules/pipelines/index.ts'
import { formatError } from './error.ts'
import { shownCommand, shownPath } from './place.ts'
import { formatDuration } from './quantities.ts'
import { paint, type Screen, shortenPaths } from './screen.ts'
import { shownState } from './step-lines.ts'
import { formatFacts, formatTable } from './table.ts'
import { escapeControls } from './text-width.ts'

function counted(result: RunResult): string {
  const states = ['ran', 'cached', 'failed', 'stopped', 'skipped'] as const
  const counts = states.map(
    (state) => [state, result.steps.filter((step) => shownState(step) === state).length] as const,
  )
  const shown = counts.filter(([, count]) => count > 0)
  return shown.map(([state, count]) => `${count} ${state}`).join(', ')
}

/** The failing step with its own last lines, its error, and how to run it alone. */
function formatFailure(screen: Screen, step: StepOutcome, failure: NonNullable<StepOutcome['failure']>): string {
  const lines: string[] = []
  if (failure.logTail.length > 0) {
    lines.push(paint(screen, 'dim', `last lines of ${escapeControls(step.name)}`))
    lines.push(...failure.logTail.map((line) => `  ${shortenPaths(screen, escapeControls(line))}`), '')
  }
  lines.push(formatError(screen, failure.error, { debug: false }), '')
  lines.push(
    formatFacts(screen, [
      ['log', failure.logFile && shownPath(screen, failure.logFile)],
      ['run it alone', shownCommand(screen, failure.rerun)],
    ]),
  )
  return lines.join('\n')
}

/** Every step that failed of itself; what was stopped has failed in no way that a person should look into. */
export function formatFailures(screen: Screen, { steps }: Pick<RunResult, 'steps'>): readonly string[] {
  return steps.flatMap((step) =>
    step.failure === undefined || step.failure.error.kind === 'interrupted'
      ? []
      : [formatFailure(screen, step, step.failure)],
  )
}

const verdicts = { done: 'done', failed: 'failed', interrupted: 'stopped' } as const

/** The bytes of a file of the project that a notice names; undefined when it names none. */
function contentOf({ project }: Screen, text: string): Buffer | undefined {
  if (project === undefined) return undefined
  const path = resolve(project.root, text)
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined
}

/** What the steps have to say. The same page under two names (evaluate leaves one, register another) is told once, the last. */
export function noticeFacts(
  screen: Screen,
  { steps }: Pick<RunResult, 'steps'>,
): readonly (readonly [string, string])[] {
  const notices = steps.flatMap((step) => step.notices)
  const isRepeated = ({ label, text }: StepNotice, index: number) => {
    const later = notices.slice(index + 1).filter((notice) => notice.label === label)
    if (later.some((notice) => notice.text === text)) return true
    const content = later.length === 0 ? undefined : contentOf(screen, text)
    return content !== undefined && later.some((notice) => contentOf(screen, notice.text)?.equals(content))
  }
  return notices
    .filter((notice, index) => !isRepeated(notice, index))
    .map(({ label, text }) => [escapeControls(label), shownCommand(screen, shownPath(screen, escapeControls(text)))])
}

/** What was made and what to do next; the step lines were shown while it ran. */
export function formatRunResult(screen: Screen, result: RunResult): string {
  const failures = formatFailures(screen, result)
  const colour = result.state === 'done' ? 'green' : 'red'
  const verdict = paint(screen, colour, verdicts[result.state])
  const head = `${verdict}  ${escapeControls(result.pipeline)}: ${counted(result)} in ${formatDuration(result.wallMs)}`
  const again = `baton run ${result.pipeline}, which goes on where it stopped`
  const facts = formatFacts(screen, [
    ...noticeFacts(screen, result),
    ['run', shownCommand(screen, `baton runs show ${result.runId.slice(-8)}`)],
    ['next', result.state === 'interrupted' ? shownCommand(screen, again) : undefined],
  ])
  return [...failures, head, facts].join('\n\n')
}

const planWords = { hit: 'cached', run: 'runs', depends: 'depends', not_selected: 'left out' } as const

/** A line a step: whether it would run, and why. */
export function formatPlan(screen: Screen, plan: Plan): string {
  const table = formatTable(
    screen,
    [
      { title: 'step', value: (step) => step.step, whole: true },
      { title: 'kind', value: (step) => step.kind },
      { title: 'would', value: (step) => planWords[step.state] },
      { title: 'because', value: (step) => shortenPaths(screen, describePlan(step)) },
    ],
    plan.steps,
  )
  const count = (state: keyof typeof planWords) => plan.steps.filter((step) => step.state === state).length
  const depends = count('depends') === 0 ? '' : `, ${count('depends')} more may`
  const sentence =
    count('run') + count('depends') === 0
      ? 'Nothing would run: every step is cached.'
      : `${count('run')} of ${plan.steps.length} steps would run${depends}.`
  return `${table}\n\n${sentence}`
}
