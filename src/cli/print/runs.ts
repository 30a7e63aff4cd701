import { BatonError } from '../../kernel/errors.ts'
import type { Json } from '../../kernel/json.ts'
import type { RunDetail, RunSummary } from '../app-interface.ts'
import { formatError } from './error.ts'
import { formatAgo, formatDuration, formatNumber } from './quantities.ts'
import { paint, type Screen } from './screen.ts'
import { formatFacts, formatTable } from './table.ts'
import { escapeControls } from './text-width.ts'

function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .slice(0, 3)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join(', ')
}

function commitText(run: RunSummary): string {
  return run.commit === undefined ? '' : `${run.commit.slice(0, 10)}${run.dirty === true ? ' + changes' : ''}`
}

export function formatRunTable(screen: Screen, runs: readonly RunSummary[], now: Date): string {
  return formatTable(
    screen,
    [
      { title: 'run', value: (run) => run.id.slice(0, 12), whole: true },
      { title: 'name', value: (run) => run.name },
      { title: 'state', value: (run) => run.state },
      { title: 'began', value: (run) => formatAgo(new Date(run.startedAt), now) },
      { title: 'took', value: (run) => (run.wallMs === undefined ? '' : formatDuration(run.wallMs)), align: 'right' },
      { title: 'metrics', value: (run) => metricsText(run.metrics) },
      { title: 'commit', value: commitText },
    ],
    runs,
  )
}

function section(screen: Screen, title: string, body: string): string | undefined {
  return body === '' ? undefined : `${paint(screen, 'bold', title)}\n${body}`
}

function valueText(value: Json): string {
  return escapeControls(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Everything that is recorded of a run, from who and when to what it made. */
export function formatRun(screen: Screen, run: RunDetail, now: Date): string {
  const facts = formatFacts(screen, [
    ['run', run.id],
    ['name', escapeControls(run.name)],
    ['state', run.state],
    ['began', `${run.startedAt} (${formatAgo(new Date(run.startedAt), now)})`],
    ['took', run.wallMs === undefined ? undefined : formatDuration(run.wallMs)],
    ['commit', commitText(run)],
    ['host', run.host === undefined ? undefined : escapeControls(run.host)],
    [
      'versions',
      Object.entries(run.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['log', run.logFile],
  ])
  const pairs = (record: Readonly<Record<string, Json>>) =>
    formatFacts(
      screen,
      Object.entries(record).map(([name, value]) => [escapeControls(name), valueText(value)] as const),
    )
  const edges = (items: RunDetail['inputs']) =>
    formatFacts(
      screen,
      items.map(
        (item) => [escapeControls(item.name), `${escapeControls(item.what)}  ${item.digest.slice(0, 17)}`] as const,
      ),
    )
  const metrics = formatFacts(
    screen,
    Object.entries(run.metrics).map(([name, value]) => [escapeControls(name), formatNumber(value)] as const),
  )
  const notes = run.notes.map(
    (note) => `${note.at.slice(0, 16)}  ${escapeControls(note.by)}  ${escapeControls(note.text)}`,
  )
  return [
    facts,
    section(screen, 'params', pairs(run.params)),
    section(screen, 'metrics', metrics),
    section(screen, 'inputs', edges(run.inputs)),
    section(screen, 'outputs', edges(run.outputs)),
    section(screen, 'tags', pairs(run.tags)),
    section(screen, 'notes', notes.join('\n')),
    run.steps.length === 0 ? undefined : section(screen, 'steps', formatRunTable(screen, run.steps, now)),
    run.error === undefined ? undefined : formatError(screen, new BatonError(run.error), { debug: false }),
  ]
    .filter((block) => block !== undefined)
    .join('\n\n')
}
