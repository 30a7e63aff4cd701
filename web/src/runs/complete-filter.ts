import type { RunKeys } from '../../../src/http/native/contract/run.ts'
import { columnName } from './columns.ts'

/** A text that may take the place of what is typed from `from` to `to`. */
export interface Completion {
  readonly label: string
  readonly kind: string
  readonly insert: string
  readonly from: number
  readonly to: number
}

const most = 12
const statuses = ['FINISHED', 'RUNNING', 'FAILED', 'KILLED', 'SCHEDULED']

function names(keys: RunKeys): readonly (readonly [name: string, kind: string])[] {
  return [
    ...keys.metrics.map((key) => [columnName('metrics', key), 'metric'] as const),
    ...keys.params.map((key) => [columnName('params', key), 'param'] as const),
    ...keys.tags.map((key) => [columnName('tags', key), 'tag'] as const),
    ...keys.attributes.map((key) => [key, 'attribute'] as const),
  ]
}

/** What could stand at the caret: a name, an operator after a name, a state after `status =`, AND after a value. */
export function complete(text: string, caret: number, keys: RunKeys): readonly Completion[] {
  const before = text.slice(0, caret)
  const offer = (from: number, list: readonly (readonly [string, string])[], after = ' '): readonly Completion[] =>
    list.slice(0, most).map(([label, kind]) => ({ label, kind, insert: label + after, from, to: caret }))

  const state = /\bstatus\s*!?=\s*('?\w*)$/i.exec(before)
  if (state) {
    const typed = state[1]!.replace("'", '').toUpperCase()
    const fitting = statuses
      .filter((status) => status.startsWith(typed))
      .map((status) => [`'${status}'`, 'state'] as const)
    return offer(caret - state[1]!.length, fitting)
  }
  const clause = before.slice(Math.max(0, before.search(/(?:^|\band\s+)(?!.*\band\s)/i))).replace(/^and\s+/i, '')
  if (/^\s*\S+\s+$/.test(clause) && !clause.includes('`')) {
    const isMetric = /^\s*(metrics?|start_time|end_time)/.test(clause)
    const operators = isMetric ? ['>', '>=', '<', '<=', '=', '!='] : ['=', '!=', 'LIKE', 'ILIKE']
    return offer(
      caret,
      operators.map((operator) => [operator, 'operator'] as const),
    )
  }
  if (
    /(?:'[^']*'|[\d.]+(?:e[+-]?\d+)?)\s+a?n?d?$/i.test(before) &&
    /(?:[=<>]|like)\s*(?:'[^']*'|[\d.e+-]+)\s+a?n?d?$/i.test(before)
  ) {
    const typed = /a?n?d?$/i.exec(before)![0]
    return offer(caret - typed.length, [['and', 'joins']])
  }
  const word = /(?:^|\band\s+|\s)([\w.`/-]*)$/i.exec(before)?.[1] ?? ''
  if (!/^\s*[\w.`/-]*$/.test(clause)) return []
  const wanted = word.toLowerCase().replaceAll('`', '')
  const all = names(keys)
  const fits = (name: string): number => {
    const plain = name.toLowerCase().replaceAll('`', '')
    if (plain === wanted) return -1
    return plain.startsWith(wanted) ? 0 : plain.includes(wanted) ? 1 : -1
  }
  const fitting = all.filter(([name]) => fits(name) >= 0).toSorted((a, b) => fits(a[0]) - fits(b[0]))
  return offer(caret - word.length, fitting)
}
