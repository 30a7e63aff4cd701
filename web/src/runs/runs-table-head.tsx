import { columnKey } from './columns.ts'

/** A column of the table of runs. */
export interface Heading {
  readonly id: string
  readonly label: string
  readonly title: string
  readonly width: number
  readonly isNumber: boolean
  /** What the server orders by; absent for a column that has no order. */
  readonly orderBy?: string
  /** The place of its value in a row. */
  readonly at?: number
}

const fixed: readonly Heading[] = [
  { id: 'select', label: '', title: 'Select', width: 34, isNumber: false },
  { id: 'name', label: 'Run', title: 'Name of the run', width: 220, isNumber: false, orderBy: 'attributes.run_name' },
  { id: 'state', label: 'State', title: 'State', width: 92, isNumber: false, orderBy: 'attributes.status' },
  {
    id: 'started',
    label: 'Started',
    title: 'When it started',
    width: 108,
    isNumber: false,
    orderBy: 'attributes.start_time',
  },
  { id: 'took', label: 'Took', title: 'How long it took', width: 96, isNumber: true },
  { id: 'experiment', label: 'Experiment', title: 'Experiment', width: 124, isNumber: false },
  { id: 'user', label: 'User', title: 'User', width: 72, isNumber: false, orderBy: 'attributes.user_id' },
]

/** Every column: what a run is, then the chosen values; where there is little room the values come sooner. */
export function headingsOf(
  shown: readonly string[],
  columns: readonly string[],
  options: { readonly hidden: ReadonlySet<string>; readonly isNarrow: boolean },
): readonly Heading[] {
  const chosen = shown
    .filter((column) => columns.includes(column))
    .map((column): Heading => {
      const label = columnKey(column)
      const isNumber = column.startsWith('metrics.')
      const width = Math.max(isNumber ? 92 : 124, Math.min(180, 40 + label.length * 7))
      return { id: column, label, title: column, width, isNumber, orderBy: column, at: columns.indexOf(column) }
    })
  const facts = fixed
    .filter(({ id }) => !options.hidden.has(id))
    .map((heading) => (options.isNarrow && heading.id === 'name' ? { ...heading, width: 170 } : heading))
  return options.isNarrow ? [...facts.slice(0, 3), ...chosen, ...facts.slice(3)] : [...facts, ...chosen]
}

/** The first two columns stay in sight. */
export function pinOf(id: string): string {
  return id === 'select' ? 'pin' : id === 'name' ? 'pin second' : ''
}

/** The order after another press: the better end first, then the other, then as it was. */
function nextOrder(orderBy: string, order: string): string | undefined {
  if (order === `${orderBy} DESC`) return `${orderBy} ASC`
  return order === `${orderBy} ASC` ? undefined : `${orderBy} DESC`
}

export function RunsTableHead({
  headings,
  order,
  onOrder,
  isAll,
  onAll,
}: {
  readonly headings: readonly Heading[]
  readonly order: string
  readonly onOrder: (order: string | undefined) => void
  readonly isAll: boolean
  readonly onAll: (all: boolean) => void
}) {
  return (
    <thead>
      <tr>
        {headings.map((heading) => {
          const { orderBy } = heading
          if (heading.id === 'select')
            return (
              <th key={heading.id} scope="col" className="pin">
                <input
                  type="checkbox"
                  aria-label="Select the first 200 runs"
                  checked={isAll}
                  onChange={(event) => onAll(event.target.checked)}
                />
              </th>
            )
          const direction =
            orderBy === undefined || !order.startsWith(`${orderBy} `)
              ? undefined
              : order.endsWith('DESC')
                ? 'descending'
                : 'ascending'
          return (
            <th
              key={heading.id}
              scope="col"
              className={`${heading.isNumber ? 'num' : ''} ${pinOf(heading.id)}`}
              title={heading.title}
              aria-sort={direction}
            >
              {orderBy === undefined ? (
                heading.label
              ) : (
                <button type="button" className="sort" onClick={() => onOrder(nextOrder(orderBy, order))}>
                  <span className="clip">{heading.label}</span>
                  {direction === undefined ? null : (
                    <span aria-hidden="true">{direction === 'descending' ? '↓' : '↑'}</span>
                  )}
                </button>
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}
