import type { Made } from '../actions/init.ts'
import type { FirstRun } from '../init/first-run.ts'
import { measuredText, notBetterText } from '../init/files/promises-text.ts'
import { formatError } from './error.ts'
import { shellWord } from './place.ts'
import { formatCount, formatDuration } from './quantities.ts'
import { formatFailures, noticeFacts } from './run-result.ts'
import { paint, type Screen } from './screen.ts'
import { formatFacts } from './table.ts'
import { escapeControls } from './text-width.ts'

type Facts = readonly (readonly [string, string | undefined])[]
type FromTable = Extract<Made, { from: 'table' }>

function decidedFacts(made: FromTable): Facts {
  return [
    ['project', made.here],
    ['data', `${formatCount(made.rows)} rows in data/raw (${made.data})`],
    ...made.assumptions.map((text) => ['assumed', escapeControls(text)] as const),
    ['task', `${made.task}: ${escapeControls(made.target)}; ${escapeControls(made.targetBecause)}`],
    ['split', `${made.split}: ${escapeControls(made.splitBecause)}`],
    [
      'columns',
      `the model reads ${formatCount(made.features.length)}, ${formatCount(made.excluded.length)} are left out`,
    ],
    ...made.excluded
      .slice(0, 8)
      .map(({ column, because }) => ['left out', `${escapeControls(column)}: ${escapeControls(because)}`] as const),
  ]
}

type Done = Extract<FirstRun, { state: 'done' }>

/** What the evaluation says of itself in one line. */
function summaryOf({ result }: Done): string {
  return result.steps.findLast((step) => step.kind === 'evaluate')?.summary ?? ''
}

/** `ROC AUC 0.990 [0.973, 1.000] on 115 rows`, for a regression with the share of the variance that is explained. */
function resultText(first: Done): string {
  const share = first.promises.report.metrics['r2']
  return escapeControls(`${summaryOf(first)}${share === undefined ? '' : `, R² ${measuredText(share)}`}`)
}

function firstFacts(made: FromTable, screen: Screen): Facts {
  const { first, here, pipeline } = made
  const contract = `${here}/contracts/${pipeline}.ts`
  const go = `cd ${shellWord(here)} && baton run ${pipeline}`
  const cautious = `${contract} asks only for better than nothing`
  if (first.state === 'left out') {
    return [
      ['contract', `${cautious}; raise it after the first run`],
      ['next', go],
    ]
  }
  if (first.state !== 'done') {
    const did = first.state === 'interrupted' ? 'was stopped' : 'failed'
    const how = first.state === 'interrupted' ? 'which goes on where it stopped' : 'after that is mended'
    return [
      ['first run', `${did}; the project is written and whole`],
      ['contract', `${cautious}; raise it to what the report of your first run shows`],
      ['next', `${go}   (${how})`],
    ]
  }
  const { promises, drafted } = first
  const pages = noticeFacts(screen, first.result).filter(([label]) => label !== 'next')
  const kept = `${contract} was changed meanwhile and stays as it is`
  if (!promises.better) {
    return [
      ['result', resultText(first)],
      ...pages,
      ['contract', drafted ? `${cautious}, and this model does not keep that` : kept],
      [
        'what it means',
        `${notBetterText(promises.report)}: the columns say too little about ${escapeControls(made.target)}, or the rows are too few to show it`,
      ],
      ['next', `add columns or rows, then ${go}   (a model that is no better stops at the gate)`],
    ]
  }
  return [
    ['result', resultText(first)],
    ...pages,
    ['contract', drafted ? `${contract}, drafted from this result with room for chance` : kept],
    ['next', `read the report and the contract, then ${go}   (registers the model)`],
  ]
}

/** What was decided and made, how good the first model is, and what to do next. */
export function formatInitResult(made: Made, screen: Screen): string {
  if (made.from === 'template') {
    return formatFacts(screen, [
      ['project', `${made.here}, a copy of the example ${made.template}`],
      ['next', `cd ${shellWord(made.here)} && cat README.md`],
    ])
  }
  const { first } = made
  if (first.state === 'left out') return formatFacts(screen, [...decidedFacts(made), ...firstFacts(made, screen)])
  const decided = formatFacts(screen, decidedFacts(made))
  const facts = formatFacts(screen, firstFacts(made, screen))
  switch (first.state) {
    case 'done': {
      const head = `${paint(screen, 'green', 'done')}  first run in ${formatDuration(first.result.wallMs)}`
      return [decided, head, facts].join('\n\n')
    }
    case 'interrupted':
      return [decided, facts].join('\n\n')
    case 'failed': {
      const failures = first.result === undefined ? [] : formatFailures(screen, first.result)
      const shown = failures.length > 0 ? failures : [formatError(screen, first.error, { debug: false })]
      return [decided, ...shown, facts].join('\n\n')
    }
  }
}

/** The same facts for `--json`. */
export function initResultToJson(made: Made): unknown {
  if (made.from === 'template') return made
  const { first, ...rest } = made
  if (first.state === 'left out') return { ...rest, first }
  const runId = first.result?.runId ?? null
  if (first.state !== 'done') return { ...rest, first: { state: first.state, runId, error: first.error } }
  const { promises, drafted, result } = first
  const page = result.steps.flatMap((step) => step.notices).findLast(({ label }) => label === 'quality report')?.text
  const told = { state: first.state, runId, summary: summaryOf(first), metrics: promises.report.metrics }
  return { ...rest, first: { ...told, report: page ?? null, better: promises.better, contractDrafted: drafted } }
}
