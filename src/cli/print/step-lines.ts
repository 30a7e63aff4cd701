import type { StepOutcome, StepProgress } from '../../modules/pipelines/index.ts'
import { formatDuration, formatProgress } from './quantities.ts'
import { paint, type Screen, type Style } from './screen.ts'
import { cutText, escapeControls, padText, textWidth } from './text-width.ts'

/** Where progress goes. */
export interface ProgressTarget {
  readonly screen: Screen
  readonly write: (text: string) => void
  readonly now: () => Date
}

/** Lines about steps that come and go; `close` leaves the screen as a reader wants to find it. */
export interface StepLines {
  readonly plan: (steps: readonly string[]) => void
  readonly start: (step: string, attempt: number) => void
  readonly progress: (step: string, progress: Progress) => void
  readonly remark: (step: string, text: string) => void
  readonly finish: (outcome: StepOutcome) => void
  readonly close: () => void
}

/** How far something is, in whatever it counts. */
export type Progress = Omit<StepProgress, 'unit'> & { readonly unit: string }

type ShownState = StepOutcome['state'] | 'stopped'

/** A step that was stopped has failed in no way that a person should look into. */
export function shownState(outcome: StepOutcome): ShownState {
  return outcome.failure?.error.kind === 'interrupted' ? 'stopped' : outcome.state
}

const marks: Readonly<Record<ShownState, readonly [string, Style]>> = {
  ran: ['✓', 'green'],
  cached: ['·', 'dim'],
  failed: ['✗', 'red'],
  skipped: ['-', 'yellow'],
  stopped: ['■', 'yellow'],
}

/** What stands behind a finished step's time: what it made, or why it did not run. */
function remarkOf(outcome: StepOutcome): string {
  return escapeControls(outcome.state === 'skipped' ? outcome.reason : (outcome.summary ?? ''))
}

function timeOf(outcome: StepOutcome): string {
  return outcome.state === 'ran' || outcome.state === 'failed' ? formatDuration(outcome.wallMs) : ''
}

function finishedLine(screen: Screen, outcome: StepOutcome, width: number): string {
  const state = shownState(outcome)
  const [mark, style] = marks[state]
  const head = `${mark} ${padText(escapeControls(outcome.name), width)}  ${padText(state, 8)}  ${padText(timeOf(outcome), 8, 'right')}  `
  const remark = cutText(remarkOf(outcome), screen.columns - textWidth(head))
  return `${paint(screen, style, mark)}${head.slice(1)}${remark}`.trimEnd()
}

interface Live {
  readonly startedMs: number
  progress?: Progress
}

function liveText(live: Live, nowMs: number): string {
  const elapsedMs = nowMs - live.startedMs
  // Whole seconds: tenths that jump draw the eye.
  const elapsed = elapsedMs < 10_000 ? `${Math.floor(elapsedMs / 1000)} s` : formatDuration(elapsedMs)
  const parts = [padText(elapsed, 8, 'right')]
  const { progress } = live
  if (progress !== undefined) {
    parts.push(formatProgress(progress))
    if (progress.total !== undefined && progress.done > 0 && progress.done < progress.total && elapsedMs > 2000) {
      parts.push(`${formatDuration((elapsedMs * (progress.total - progress.done)) / progress.done)} left`)
    }
  }
  return parts.join('  ')
}

function widthOf(steps: readonly string[]): number {
  return Math.min(32, Math.max(8, ...steps.map((step) => textWidth(escapeControls(step)))))
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** For a terminal: a moving line for every running step, drawn ten times a second at most; finished lines stay. */
export function openTerminalLines(target: ProgressTarget): StepLines {
  const { screen, write, now } = target
  const running = new Map<string, Live>()
  let width = 8
  let drawn = 0
  let frame = 0
  const clear = () => {
    if (drawn > 0) write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }
  const draw = () => {
    const nowMs = now().getTime()
    const lines = [...running].map(([step, live]) => {
      const mark = frames[frame % frames.length]
      const text = `${mark} ${padText(escapeControls(step), width)}  ${padText('running', 8)}  ${liveText(live, nowMs)}`
      return `${cutText(text, screen.columns - 1)}\n`
    })
    clear()
    if (lines.length > 0) write(lines.join(''))
    drawn = lines.length
  }
  const timer = setInterval(() => {
    frame += 1
    if (running.size > 0) draw()
  }, 100)
  timer.unref()
  const above = (line: string) => {
    clear()
    write(`${line}\n`)
    draw()
  }
  return {
    plan: (steps) => {
      width = widthOf(steps)
    },
    start: (step) => {
      running.set(step, { startedMs: now().getTime() })
      draw()
    },
    progress: (step, progress) => {
      const live = running.get(step)
      if (live !== undefined) live.progress = progress
    },
    remark: (step, text) =>
      above(cutText(`  ${padText(escapeControls(step), width)}  ${escapeControls(text)}`, screen.columns)),
    finish: (outcome) => {
      running.delete(outcome.name)
      above(finishedLine(screen, outcome, width))
    },
    close: () => {
      clearInterval(timer)
      clear()
    },
  }
}

const silenceMs = 30_000

/** For a log: a line with its time for each thing that happens, progress at most twice a minute, no control characters. */
export function openPlainLines(target: ProgressTarget): StepLines {
  const running = new Map<string, { readonly startedMs: number; saidMs: number }>()
  let width = 8
  const line = (step: string, ...parts: readonly string[]) => {
    const time = `${target.now().toISOString().slice(0, 19)}Z`
    const text = parts.filter((part) => part !== '').join('  ')
    target.write(`${time}  ${padText(escapeControls(step), width)}  ${text}\n`)
  }
  return {
    plan: (steps) => {
      width = widthOf(steps)
    },
    start: (step, attempt) => {
      const nowMs = target.now().getTime()
      running.set(step, { startedMs: nowMs, saidMs: nowMs })
      line(step, attempt > 1 ? `started, attempt ${attempt}` : 'started')
    },
    progress: (step, progress) => {
      const nowMs = target.now().getTime()
      const known = running.get(step)
      if (known === undefined || nowMs - known.saidMs < silenceMs) return
      known.saidMs = nowMs
      line(step, liveText({ startedMs: known.startedMs, progress }, nowMs).trim())
    },
    remark: (step, text) => line(step, escapeControls(text)),
    finish: (outcome) => line(outcome.name, shownState(outcome), timeOf(outcome), remarkOf(outcome)),
    close: () => undefined,
  }
}
