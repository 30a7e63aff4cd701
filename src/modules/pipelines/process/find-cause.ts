import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { ErrorPlace } from '../../../kernel/errors.ts'

/** What the last lines of a process say of its end. */
export interface Cause {
  /** `TypeError: x is not a function`. */
  readonly what?: string
  /** The line of the project's own code. */
  readonly where?: ErrorPlace
  /** What to do about a package that is not installed. */
  readonly hint?: string
}

const errorLine = /^(?:Uncaught )?((?:[\w.]+\.)?(?:[A-Z]\w*)?(?:Error|Exception)(?: \[\w+\])?(?:: .*)?)$/
const nodeFrame = /^\s+at .*?((?:file:\/\/)?\/[^\s()]*?):(\d+):(\d+)\)?$/
const nodeHead = /^(file:\/\/\/[^\s()]+):(\d+)$/
const pythonFrame = /^\s*File "([^"]+)", line (\d+)/

interface Frame {
  readonly path: string
  readonly line: number
  readonly column?: number
}

function frameOf(line: string): Frame | undefined {
  const found = nodeFrame.exec(line) ?? nodeHead.exec(line) ?? pythonFrame.exec(line)
  if (found === null) return undefined
  const [, file = '', row, column] = found
  const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file
  return { path, line: Number(row), ...(column === undefined ? {} : { column: Number(column) }) }
}

function placeIn(root: string, { path, line, column }: Frame): ErrorPlace | undefined {
  const file = isAbsolute(path) ? relative(root, path) : path
  if (file.startsWith('..') || file.includes('node_modules/') || file.includes('site-packages/')) return undefined
  if (file.startsWith('.venv/') || file.startsWith('.baton/')) return undefined
  return { file, line, ...(column === undefined ? {} : { column }) }
}

function packageHint(what: string): string | undefined {
  const python = /^ModuleNotFoundError: No module named '([\w.]+)'/.exec(what)?.[1]
  if (python !== undefined) {
    const name = python.split('.')[0]
    return `Install it for the Python of the project: .venv/bin/pip install ${name} (the package may have another name than the module).`
  }
  const node = /Cannot find package '([^']+)'/.exec(what)?.[1]
  return node === undefined ? undefined : `Install it in the project: npm install ${node}.`
}

/**
 * Reads the error and its place from the last lines that a program of Node or Python printed: the frame nearest to the
 * error in the project's own files, which Node prints first and Python last.
 */
export function findCause(lines: readonly string[], root: string): Cause {
  const what = lines.map((line) => errorLine.exec(line.trimEnd())?.[1]).findLast((text) => text !== undefined)
  if (what === undefined) return {}
  const found = lines.flatMap((line) => {
    const frame = frameOf(line)
    const place = frame && placeIn(root, frame)
    return place === undefined ? [] : [{ place, isPython: pythonFrame.test(line) }]
  })
  const nearest = found.at(-1)?.isPython === true ? found.at(-1) : found[0]
  const hint = packageHint(what)
  return {
    what,
    ...(nearest === undefined ? {} : { where: nearest.place }),
    ...(hint === undefined ? {} : { hint }),
  }
}
