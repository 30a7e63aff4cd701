import type { DatasetDetail, DatasetRows, DatasetSummary } from '../app-interface.ts'
import { defineAction } from '../command.ts'
import { argument, countOption, flagOption } from '../input.ts'
import { shownPath } from '../print/place.ts'
import { formatAgo, formatBytes, formatCount } from '../print/quantities.ts'
import { columnsThatFit, formatFacts, formatTable, type TableColumn } from '../print/table.ts'
import { cutText, escapeControls } from '../print/text-width.ts'

const numericTypes = new Set(['integer', 'bigint', 'double', 'decimal', 'number'])

export const listDatasetsAction = defineAction<readonly DatasetSummary[]>({
  async run(shell) {
    const app = await shell.app()
    return app.listDatasets()
  },
  text(datasets, screen, now) {
    if (datasets.length === 0)
      return 'There are no datasets yet. A step such as p.ingest(…) makes one: baton run PIPELINE'
    return formatTable(
      screen,
      [
        { title: 'dataset', value: (dataset) => `${dataset.name}@${dataset.version}`, whole: true },
        { title: 'rows', value: (dataset) => formatCount(dataset.rows), align: 'right' },
        { title: 'columns', value: (dataset) => formatCount(dataset.columns), align: 'right' },
        {
          title: 'size',
          value: ({ sizeBytes }) => (sizeBytes === undefined ? '' : formatBytes(sizeBytes)),
          align: 'right',
        },
        { title: 'made', value: (dataset) => formatAgo(new Date(dataset.createdAt), now) },
        { title: 'tags', value: (dataset) => dataset.tags.join(', ') },
      ],
      datasets,
    )
  },
})

export const showDatasetAction = defineAction<DatasetDetail>({
  async run(shell, input) {
    const app = await shell.app()
    return app.showDataset(argument(input, 0))
  },
  text(dataset, screen, now) {
    const facts = formatFacts(screen, [
      ['dataset', `${escapeControls(dataset.name)}@${dataset.version}`],
      ['rows', formatCount(dataset.rows)],
      ['size', dataset.sizeBytes === undefined ? undefined : formatBytes(dataset.sizeBytes)],
      ['digest', dataset.digest],
      ['made', formatAgo(new Date(dataset.createdAt), now)],
      ['tags', escapeControls(dataset.tags.join(', '))],
      ['folder', dataset.folder && shownPath(screen, escapeControls(dataset.folder))],
    ])
    const columns = formatTable(
      screen,
      [
        { title: 'column', value: (column) => column.name },
        { title: 'type', value: (column) => column.type },
        { title: 'null', value: (column) => (column.nullable === undefined ? '' : column.nullable ? 'allowed' : 'no') },
      ],
      dataset.schema,
    )
    const versions = formatTable(
      screen,
      [
        { title: 'version', value: (version) => version.version, align: 'right' },
        { title: 'rows', value: (version) => formatCount(version.rows), align: 'right' },
        { title: 'made', value: (version) => formatAgo(new Date(version.createdAt), now) },
        { title: 'run', value: (version) => version.runId?.slice(-8), whole: true },
        { title: 'tags', value: (version) => version.tags.join(', ') },
      ],
      dataset.versions,
    )
    return `${facts}\n\n${columns}\n\n${versions}`
  },
})

type HeadColumn = TableColumn<DatasetRows['head'][number]>

function headColumns(data: DatasetRows): readonly HeadColumn[] {
  return data.columns.map(
    (column, index): HeadColumn => ({
      title: column.name,
      value: (row) => (row[index] === null ? '·' : String(row[index])),
      align: numericTypes.has(column.type) ? 'right' : 'left',
    }),
  )
}

export const headDatasetAction = defineAction<DatasetRows>({
  async run(shell, input) {
    const rows = countOption(input, 'rows') ?? 10
    const app = await shell.app()
    return app.headDataset(argument(input, 0), rows)
  },
  text(data, screen) {
    const all = headColumns(data)
    const shown = all.slice(0, columnsThatFit(screen, all, data.head))
    const more = all.length - shown.length
    const left =
      more === 0
        ? ''
        : `, ${formatCount(more)} more columns: ${cutText(
            all
              .slice(shown.length)
              .map(({ title }) => escapeControls(title))
              .join(', '),
            screen.columns,
          )}`
    const name = `${escapeControls(data.dataset)}@${data.version}`
    return `${formatTable(screen, shown, data.head)}\n\n${formatCount(data.head.length)} of ${formatCount(data.rows)} rows of ${name} (· is null)${left}`
  },
})

export const tagDatasetAction = defineAction<{
  readonly dataset: string
  readonly version: number
  readonly tag: string
}>({
  async run(shell, input) {
    const tag = argument(input, 1)
    const app = await shell.app()
    return { ...(await app.tagDataset(argument(input, 0), tag, { move: flagOption(input, 'move') })), tag }
  },
  text: (data) => `tagged  ${data.dataset}@${data.version}, which ${data.dataset}@${data.tag} reads from now on`,
})
