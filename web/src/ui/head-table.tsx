import type { TableHead } from '../../../src/http/native/contract/artifact.ts'
import { formatCount, formatNumber } from './quantities.ts'

const isNumeric = (type: string): boolean => /^(integer|bigint|double|decimal)$/.test(type)

/** The first rows of a table, as a table. */
export function HeadTable({ table }: { readonly table: TableHead }) {
  return (
    <div className="table-scroll" style={{ maxHeight: '60vh' }} tabIndex={0} role="region" aria-label="first rows">
      <table className="table">
        <thead>
          <tr>
            {table.columns.map(({ name, type }) => (
              <th key={name} scope="col" className={isNumeric(type) ? 'num' : ''}>
                {name} <span className="faint">{type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.head.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td
                  key={column}
                  className={isNumeric(table.columns[column]!.type) ? 'num' : 'nowrap'}
                  title={cell === null ? 'missing' : String(cell)}
                >
                  {cell === null ? (
                    <span className="faint">∅</span>
                  ) : typeof cell === 'number' ? (
                    formatNumber(cell)
                  ) : (
                    String(cell).slice(0, 120)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="faint" style={{ padding: '6px 10px' }}>
        {table.rows === undefined
          ? `The first ${table.head.length} rows.`
          : `The first ${formatCount(table.head.length)} of ${formatCount(table.rows)} rows.`}
      </p>
    </div>
  )
}
