import type { RunEvent } from '../../modules/pipelines/index.ts'
import { formatDuration } from './quantities.ts'
import { openPlainLines, openTerminalLines, type Progress, type ProgressTarget, type StepLines } from './step-lines.ts'

/** Shows a run while it goes. */
export interface ProgressView {
  readonly show: (event: RunEvent) => void
  readonly close: () => void
}

function openLines(target: ProgressTarget): StepLines {
  return target.screen.isTerminal ? openTerminalLines(target) : openPlainLines(target)
}

/** The view of a pipeline run that fits the target: moving lines on a terminal, plain ones in a log. */
export function openProgressView(target: ProgressTarget): ProgressView {
  const lines = openLines(target)
  return {
    show(event) {
      switch (event.type) {
        case 'run_started':
          return lines.plan(event.steps)
        case 'step_started':
          return lines.start(event.step, event.attempt)
        case 'step_progress':
          return lines.progress(event.step, event.progress)
        case 'step_retry':
          return lines.remark(event.step, `tries again in ${formatDuration(event.delayMs)}: ${event.error.message}`)
        case 'step_finished':
          return lines.finish(event.outcome)
        case 'step_planned':
        case 'step_log':
        case 'run_finished':
          return
      }
    },
    close: lines.close,
  }
}

/** A counter for a command that does one long thing. */
export interface Counter {
  readonly show: (progress: Progress) => void
  readonly close: () => void
}

export function openCounter(target: ProgressTarget, what: string): Counter {
  const lines = openLines(target)
  lines.plan([what])
  lines.start(what, 1)
  return { show: (progress) => lines.progress(what, progress), close: lines.close }
}
