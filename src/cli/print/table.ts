import { paint, type Screen } from './screen.ts'
import { cutText, escapeControls, padText, textWidth } from './text-width.ts'

/** One column of a printed table. */
export interface TableColumn<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number | null | undefined
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right'
  /** Never cut: an id or a path is of no use in part. */
  readonly whole?: boolean
}

const gap = '  '

/** Takes columns from the widest until the table fits; what must stay whole stays whole. */
function fitWidths(widths: number[], whole: readonly boolean[], columns: number): number[] {
  const fitted = [...widths]
  const total = () => fitted.reduce((sum, width) => sum + width, 0) + gap.length * (fitted.length - 1)
  while (total() > columns) {
    let widest = -1
    for (const [index, width] of fitted.entries()) {
      if (!whole[index] && width > 8 && (widest < 0 || width > fitted[widest]!)) widest = index
    }
    if (widest < 0) break
    fitted[widest] = fitted[widest]! - 1
  }
  return fitted
}

function naturalWidths<Row>(columns: readonly TableColumn<Row>[], cells: readonly (readonly string[])[]): number[] {
  return columns.map((column, index) =>
    Math.max(textWidth(escapeControls(column.title)), ...cells.map((line) => textWidth(line[index]!)), 0),
  )
}

function cellsOf<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): readonly (readonly string[])[] {
  return rows.map((row) => columns.map((column) => escapeControls(String(column.value(row) ?? ''))))
}

/** No cell of user data is given more than this while others wait for a place. */
const widestCell = 40

/** How many columns, from the left, have room beside each other; at least one. */
export function columnsThatFit<Row>(
  screen: Screen,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): number {
  const widths = naturalWidths(columns, cellsOf(columns, rows))
  let used = 0
  for (const [index, width] of widths.entries()) {
    used += Math.min(width, widestCell) + (index === 0 ? 0 : gap.length)
    if (used > screen.columns) return Math.max(1, index)
  }
  return columns.length
}

/** Lines of a table: a dim head, two spaces between columns, cut to the screen's width. Values are user data and are escaped. */
export function formatTable<Row>(screen: Screen, columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const cells = cellsOf(columns, rows)
  const widths = fitWidths(
    naturalWidths(columns, cells),
    columns.map((column) => column.whole === true),
    screen.columns,
  )
  const line = (values: readonly string[]) =>
    values
      .map((value, index) => padText(cutText(value, widths[index]!), widths[index]!, columns[index]!.align))
      .join(gap)
      .trimEnd()
  return [paint(screen, 'dim', line(columns.map((column) => escapeControls(column.title)))), ...cells.map(line)].join(
    '\n',
  )
}

/** `label  value` lines with the values under each other; empty values are left out. */
export function formatFacts(screen: Screen, facts: readonly (readonly [string, string | undefined])[]): string {
  const shown = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '')
  const width = Math.max(0, ...shown.map(([label]) => textWidth(label)))
  return shown.map(([label, value]) => `${paint(screen, 'dim', padText(label, width))}  ${value}`).join('\n')
}
