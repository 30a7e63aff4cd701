import type { ColumnDifference } from '../../../src/http/native/contract/dataset.ts'
import { formatCount } from '../ui/quantities.ts'

const words: Readonly<Record<ColumnDifference['change'], string>> = {
  added: '+ new',
  removed: '− gone',
  retyped: '≠ other type',
  same: '',
}
const tones: Readonly<Record<ColumnDifference['change'], string>> = {
  added: 'plus',
  removed: 'minus',
  retyped: 'minus',
  same: '',
}

/** The columns of a version beside those of another; what changed stands first. */
export function SchemaDifference({
  columns,
  rows,
}: {
  readonly columns: readonly ColumnDifference[]
  readonly rows: { readonly before: number; readonly after: number } | undefined
}) {
  const changed = columns.filter(({ change }) => change !== 'same').length
  return (
    <>
      {rows === undefined ? null : (
        <p className="muted" style={{ paddingBottom: 6 }}>
          {changed === 0
            ? 'The columns are the same'
            : `${changed} column${changed === 1 ? '' : 's'} differ${changed === 1 ? 's' : ''}`}
          ; rows {formatCount(rows.before)} → {formatCount(rows.after)}.
        </p>
      )}
      <table className="table">
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col">type</th>
            {rows === undefined ? null : <th scope="col">change</th>}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ column, change, before, after }) => (
            <tr key={column}>
              <th scope="row" style={{ color: 'var(--text)' }}>
                {column}
              </th>
              <td className="mono muted">{change === 'retyped' ? `${before} → ${after}` : (after ?? before)}</td>
              {rows === undefined ? null : <td className={tones[change]}>{words[change]}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
