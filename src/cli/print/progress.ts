import type { RunEvent } from '../app-interface.ts'
import { formatDuration, formatProgress } from './quantities.ts'
import { paint, type Screen, type Style } from './screen.ts'
import { cutText, escapeControls, padText } from './text-width.ts'

/** Shows a run while it goes; `close` leaves the screen as a reader wants to find it. */
export interface ProgressView {
  readonly show: (event: RunEvent) => void
  readonly close: () => void
}

export interface ProgressTarget {
  readonly screen: Screen
  readonly write: (text: string) => void
  readonly now: () => Date
}

type Finished = Extract<RunEvent, { type: 'finished' }>

const marks: Readonly<Record<Finished['state'], readonly [string, Style, string]>> = {
  ran: ['✓', 'green', 'ran'],
  cached: ['·', 'dim', 'cached'],
  failed: ['✗', 'red', 'failed'],
  stopped: ['■', 'yellow', 'stopped'],
  blocked: ['-', 'yellow', 'blocked'],
  left_out: ['-', 'dim', 'left out'],
}

function finishedLine(screen: Screen, event: Finished, width: number): string {
  const [mark, style, word] = marks[event.state]
  const time = event.state === 'ran' || event.state === 'failed' ? formatDuration(event.wallMs) : ''
  const head = `${mark} ${padText(escapeControls(event.step), width)}  ${padText(word, 8)}  ${padText(time, 8, 'right')}  `
  const summary = cutText(escapeControls(event.summary ?? ''), screen.columns - head.length)
  return `${paint(screen, style, mark)}${head.slice(1)}${summary}`.trimEnd()
}

interface Live {
  readonly startedMs: number
  progress?: { readonly done: number; readonly total?: number; readonly unit: string }
}

function liveText(live: Live, nowMs: number): string {
  const elapsedMs = nowMs - live.startedMs
  const parts = [padText(formatDuration(Math.max(1000, elapsedMs)), 8, 'right')]
  const { progress } = live
  if (progress !== undefined) {
    parts.push(formatProgress(progress))
    if (progress.total !== undefined && progress.done > 0 && progress.done < progress.total && elapsedMs > 2000) {
      parts.push(`${formatDuration((elapsedMs * (progress.total - progress.done)) / progress.done)} left`)
    }
  }
  return parts.join('  ')
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** For a terminal: a moving line for every running step, drawn ten times a second at most; finished lines stay. */
function openTerminalView(target: ProgressTarget): ProgressView {
  const running = new Map<string, Live>()
  let width = 8
  let drawn = 0
  let frame = 0
  const clear = () => {
    if (drawn > 0) target.write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }
  const draw = () => {
    const nowMs = target.now().getTime()
    const lines = [...running].map(([step, live]) => {
      const text = `${frames[frame % frames.length]} ${padText(escapeControls(step), width)}  ${padText('running', 8)}  ${liveText(live, nowMs)}`
      return `${cutText(text, target.screen.columns - 1)}\n`
    })
    clear()
    if (lines.length > 0) target.write(lines.join(''))
    drawn = lines.length
  }
  const timer = setInterval(() => {
    frame += 1
    if (running.size > 0) draw()
  }, 100)
  timer.unref()
  return {
    show(event) {
      switch (event.type) {
        case 'planned':
          width = Math.min(32, Math.max(8, ...event.steps.map((step) => step.length)))
          return
        case 'started':
          running.set(event.step, { startedMs: target.now().getTime() })
          return draw()
        case 'progress': {
          const live = running.get(event.step)
          if (live !== undefined) live.progress = event
          return
        }
        case 'finished':
          running.delete(event.step)
          clear()
          target.write(`${finishedLine(target.screen, event, width)}\n`)
          return draw()
        case 'log':
          return
      }
    },
    close() {
      clearInterval(timer)
      clear()
    },
  }
}

/** For a log: one line with its time for each thing that happens, progress at most twice a minute, no control characters. */
function openPlainView(target: ProgressTarget): ProgressView {
  const started = new Map<string, number>()
  const lastSaid = new Map<string, number>()
  let width = 8
  const line = (step: string, text: string) => {
    const time = `${target.now().toISOString().slice(0, 19)}Z`
    target.write(`${time}  ${padText(escapeControls(step), width)}  ${escapeControls(text)}`.trimEnd() + '\n')
  }
  return {
    show(event) {
      switch (event.type) {
        case 'planned':
          width = Math.min(32, Math.max(8, ...event.steps.map((step) => step.length)))
          return
        case 'started':
          started.set(event.step, target.now().getTime())
          lastSaid.set(event.step, target.now().getTime())
          return line(event.step, event.attempt > 1 ? `started again, attempt ${event.attempt}` : 'started')
        case 'progress': {
          const nowMs = target.now().getTime()
          if (nowMs - (lastSaid.get(event.step) ?? 0) < 30_000) return
          lastSaid.set(event.step, nowMs)
          return line(
            event.step,
            liveText({ startedMs: started.get(event.step) ?? nowMs, progress: event }, nowMs).trim(),
          )
        }
        case 'finished': {
          const [, , word] = marks[event.state]
          const time = event.state === 'ran' || event.state === 'failed' ? formatDuration(event.wallMs) : ''
          return line(event.step, [word, time, event.summary ?? ''].filter((part) => part !== '').join('  '))
        }
        case 'log':
          return
      }
    },
    close() {},
  }
}

/** The view that fits the target. */
export function openProgressView(target: ProgressTarget): ProgressView {
  return target.screen.isTerminal ? openTerminalView(target) : openPlainView(target)
}

/** What `openCounter` gives. */
export interface Counter {
  readonly show: (progress: NonNullable<Live['progress']>) => void
  readonly close: () => void
}

/** One counter without steps, for a command that does a single long thing. */
export function openCounter(target: ProgressTarget, what: string): Counter {
  const view = openProgressView(target)
  view.show({ type: 'planned', steps: [what] })
  view.show({ type: 'started', step: what, attempt: 1 })
  return {
    show: (progress) => view.show({ type: 'progress', step: what, ...progress }),
    close: () => view.close(),
  }
}
