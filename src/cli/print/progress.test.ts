import { describe, expect, it } from 'vitest'

import type { RunId } from '../../kernel/ids.ts'
import type { RunEvent, StepOutcome } from '../../modules/pipelines/index.ts'
import { openProgressView } from './progress.ts'

const runId = '0'.repeat(32) as RunId

function outcome(name: string, state: StepOutcome['state'], rest: Partial<StepOutcome> = {}): RunEvent {
  const empty = { kind: 'process', reason: '', wallMs: 0, outputs: {}, metrics: {}, notices: [] }
  return { type: 'step_finished', step: name, outcome: { ...empty, name, state, ...rest } }
}

const events: readonly RunEvent[] = [
  { type: 'run_started', runId, pipeline: 'churn', steps: ['invoices', 'train', 'register'] },
  outcome('invoices', 'cached', { wallMs: 3 }),
  { type: 'step_started', step: 'train', runId, attempt: 1, reason: 'first run' },
  { type: 'step_progress', step: 'train', progress: { done: 40, total: 100, unit: 'rounds' } },
  outcome('train', 'ran', { wallMs: 72_000, summary: 'ROC AUC 0.743\u001b[2J' }),
  outcome('register', 'skipped', { reason: 'evaluate failed' }),
]

function shown(screen: { isTerminal: boolean; columns: number }, list: readonly RunEvent[]): string {
  let text = ''
  let nowMs = Date.parse('2026-01-12T06:00:00Z')
  const view = openProgressView({
    screen: { ...screen, colour: false },
    write: (piece) => {
      text += piece
    },
    now: () => new Date(nowMs),
  })
  for (const event of list) {
    nowMs += 31_000
    view.show(event)
  }
  view.close()
  return text
}

/** What stays on a terminal after every cursor movement was carried out. */
function settled(text: string): readonly string[] {
  const lines: string[] = ['']
  const escape = String.fromCharCode(27)
  for (const piece of text.split(new RegExp(`(${escape}\\[\\d+A${escape}\\[0J|\\n)`))) {
    const up = new RegExp(`^${escape}\\[(\\d+)A`).exec(piece)
    if (piece === '\n') lines.push('')
    else if (up !== null) lines.splice(lines.length - 1 - Number(up[1]), lines.length, '')
    else lines[lines.length - 1] += piece
  }
  return lines.filter((line) => line !== '')
}

describe('the progress of a run', () => {
  it('in a log is plain lines with their time and no control character', () => {
    const text = shown({ isTerminal: false, columns: 120 }, events)
    expect(/[^\P{Cc}\n]/u.test(text)).toBe(false)
    expect(
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => line.replace(/^\S+Z  /, '')),
    ).toEqual([
      'invoices  cached',
      'train     started',
      'train     31 s  40 of 100 rounds  47 s left',
      'train     ran  1 m 12 s  ROC AUC 0.743\\u001b[2J',
      'register  skipped  evaluate failed',
    ])
    expect(text).toMatch(/^2026-01-12T06:01:02Z {2}invoices/)
  })

  it('on a terminal leaves exactly the finished lines behind', () => {
    const text = shown({ isTerminal: true, columns: 80 }, events)
    expect(text).toContain('running')
    expect(settled(text)).toEqual([
      '· invoices  cached',
      '✓ train     ran       1 m 12 s  ROC AUC 0.743\\u001b[2J',
      '- register  skipped             evaluate failed',
    ])
  })

  it('on a terminal clears a running line when the run stops', () => {
    expect(settled(shown({ isTerminal: true, columns: 80 }, events.slice(0, 4)))).toEqual(['· invoices  cached'])
  })

  it('never draws a line wider than the terminal, which would break the clearing', () => {
    const text = shown({ isTerminal: true, columns: 40 }, [
      { type: 'run_started', runId, pipeline: 'p', steps: ['a'.repeat(90)] },
      { type: 'step_started', step: 'a'.repeat(90), runId, attempt: 1, reason: '' },
    ])
    for (const line of settled(text)) expect(line.length).toBeLessThan(40)
  })
})
