import { Link } from '@tanstack/react-router'

import type { DatasetVersion } from '../../../src/http/native/contract/dataset.ts'
import { Bytes, Count, Digest, Time } from '../ui/quantity.tsx'
import { formatCount } from '../ui/quantities.ts'

/** The versions of a dataset, newest first, with how the number of rows moved. */
export function VersionsTable({
  versions,
  chosen,
  against,
  onAgainst,
}: {
  readonly versions: readonly DatasetVersion[]
  readonly chosen: number
  readonly against: number
  readonly onAgainst: (version: number) => void
}) {
  return (
    <div className="table-scroll" style={{ maxHeight: 320 }}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col" className="num">
              Rows
            </th>
            <th scope="col" className="num">
              Change
            </th>
            <th scope="col" className="num">
              Columns
            </th>
            <th scope="col" className="num">
              Size
            </th>
            <th scope="col">Made</th>
            <th scope="col">By</th>
            <th scope="col">Content</th>
            <th scope="col">Compare with</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version, index) => {
            const before = versions[index + 1]
            return (
              <tr key={version.version} className={version.version === chosen ? 'selected' : ''}>
                <th scope="row">
                  <Link
                    to="."
                    search={{ version: String(version.version) }}
                    aria-current={version.version === chosen}
                    resetScroll={false}
                  >
                    @{version.version}
                  </Link>{' '}
                  {version.tags.map((tag) => (
                    <span key={tag} className="tag">
                      {tag}
                    </span>
                  ))}
                </th>
                <td className="num">
                  <Count value={version.rows} />
                </td>
                <td className="num muted">{before === undefined ? '' : signed(version.rows - before.rows)}</td>
                <td className="num">{version.columns.length}</td>
                <td className="num">
                  <Bytes value={version.sizeBytes} />
                </td>
                <td>
                  <Time at={version.createdAt} />
                </td>
                <td>
                  {version.runId === undefined ? (
                    version.step
                  ) : (
                    <Link to="/runs/$run" params={{ run: version.runId }} search={{}}>
                      {version.step ?? version.runId.slice(-8)}
                    </Link>
                  )}
                </td>
                <td>
                  <Digest value={version.digest} />
                </td>
                <td>
                  {version.version === chosen ? null : (
                    <input
                      type="radio"
                      name="against"
                      aria-label={`Compare with version ${version.version}`}
                      checked={version.version === against}
                      onChange={() => onAgainst(version.version)}
                    />
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function signed(value: number): string {
  if (value === 0) return '='
  return value > 0 ? `+${formatCount(value)}` : `−${formatCount(-value)}`
}
