import { type Counter, openCounter, openProgressView, type ProgressView } from './print/progress.ts'
import type { Shell } from './shell.ts'

const silent = { show: () => undefined, close: () => undefined }

/** Step lines on the error stream; nothing when `--quiet`. */
export function openStepProgress(shell: Shell): ProgressView {
  return shell.global.quiet ? silent : openProgressView({ ...shell.remarks, now: shell.now })
}

/** A counter on the error stream; nothing when `--quiet`. */
export function openCountProgress(shell: Shell, what: string): Counter {
  return shell.global.quiet ? silent : openCounter({ ...shell.remarks, now: shell.now }, what)
}
