import { type Run, shortRunId } from '../../modules/tracking/index.ts'
import type { Json } from '../../kernel/json.ts'
import { shownPath } from './place.ts'
import { formatAgo, formatBytes, formatCount, formatDuration, formatNumber } from './quantities.ts'
import { paint, type Screen } from './screen.ts'
import { formatFacts, formatTable } from './table.ts'
import { escapeControls } from './text-width.ts'

/** What a run found, in one cell: its summary, or its first metrics. */
function resultText(run: Run): string {
  const summary = run.tags['baton.summary']
  if (summary !== undefined) return summary
  const shown = run.metrics.slice(0, 3).map((metric) => `${metric.key} ${formatNumber(metric.value)}`)
  return shown.join(', ') + (run.metrics.length > shown.length ? ', …' : '')
}

function commitText({ code }: Run): string {
  if (code?.commit === undefined) return ''
  return `${code.commit.slice(0, 10)}${code.dirty ? ' + changes' : ''}`
}

function stateText(run: Run): string {
  return run.cached ? 'cached' : run.status.toLowerCase()
}

function tookText(run: Run): string {
  return run.endedMs === undefined ? '' : formatDuration(run.endedMs - run.startedMs)
}

export function formatRunTable(screen: Screen, runs: readonly Run[], now: Date): string {
  return formatTable(
    screen,
    [
      { title: 'run', value: (run) => shortRunId(run.id), whole: true },
      { title: 'name', value: (run) => run.name },
      { title: 'state', value: stateText },
      { title: 'began', value: (run) => formatAgo(new Date(run.startedMs), now) },
      { title: 'took', value: tookText, align: 'right' },
      { title: 'result', value: resultText },
      { title: 'commit', value: commitText },
    ],
    runs,
  )
}

type Datum = Run['inputs'][number]

function describeDatum(datum: Datum): string {
  const named = datum.dataset === undefined ? datum.kind : `${datum.dataset}@${datum.version}`
  const size = datum.rows === undefined ? undefined : `${formatCount(datum.rows)} rows`
  const bytes = datum.sizeBytes === undefined ? undefined : formatBytes(datum.sizeBytes)
  const value = datum.value === undefined ? undefined : JSON.stringify(datum.value)
  const parts = [named, size, bytes, value, datum.digest.slice(0, 17)].filter((part) => part !== undefined)
  return escapeControls(parts.join('  '))
}

function valueText(value: Json | undefined): string {
  return escapeControls(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Everything that is recorded of a run, from who and when to what it made. */
export function formatRun(
  screen: Screen,
  detail: { readonly run: Run; readonly steps: readonly Run[] },
  now: Date,
): string {
  const { run, steps } = detail
  const section = (title: string, facts: readonly (readonly [string, string])[]) =>
    facts.length === 0 ? undefined : `${paint(screen, 'bold', title)}\n${formatFacts(screen, facts)}`
  const pairs = (record: Readonly<Record<string, Json | undefined>>) =>
    Object.entries(record).map(([name, value]) => [escapeControls(name), valueText(value)] as const)
  const data = (items: readonly Datum[]) =>
    items.map((item) => [escapeControls(item.name), describeDatum(item)] as const)
  const began = new Date(run.startedMs)
  return [
    formatFacts(screen, [
      ['run', run.id],
      ['name', escapeControls(run.name)],
      ['state', stateText(run)],
      ['began', `${began.toISOString()} (${formatAgo(began, now)})`],
      ['took', tookText(run)],
      ['commit', commitText(run)],
      [
        'by',
        [run.user, run.host]
          .filter((part) => part !== undefined)
          .map(escapeControls)
          .join(' on '),
      ],
      ['versions', `Baton ${run.batonVersion ?? '?'}, Node ${run.nodeVersion ?? '?'}`],
      ['command', run.command === undefined ? undefined : escapeControls(run.command.join(' '))],
      ['log', run.logPath && shownPath(screen, escapeControls(run.logPath))],
      ['error', run.error === undefined ? undefined : `${escapeControls(run.error.message)} (${run.error.code})`],
    ]),
    section('params', pairs(run.parameters ?? run.params)),
    section(
      'metrics',
      run.metrics.map((metric) => [escapeControls(metric.key), formatNumber(metric.value)] as const),
    ),
    section('inputs', data(run.inputs)),
    section('outputs', data(run.outputs)),
    section('tags', pairs(run.tags)),
    run.note === undefined
      ? undefined
      : `${paint(screen, 'bold', 'note')}\n${run.note.split('\n').map(escapeControls).join('\n')}`,
    steps.length === 0 ? undefined : `${paint(screen, 'bold', 'steps')}\n${formatRunTable(screen, steps, now)}`,
  ]
    .filter((block) => block !== undefined)
    .join('\n\n')
}
