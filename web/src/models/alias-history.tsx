import type { AliasEvent } from '../../../src/http/native/contract/model.ts'
import { Time } from '../ui/quantity.tsx'

const nameOf = (version: number | undefined): string => (version === undefined ? 'nothing' : `@${version}`)

/** Who moved which alias, from what to what, and why; newest first. */
export function AliasHistory({ history }: { readonly history: readonly AliasEvent[] }) {
  if (history.length === 0) return <p className="muted">No version has had an alias.</p>
  return (
    <div className="table-scroll">
      <table className="table relaxed">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Alias</th>
            <th scope="col">Change</th>
            <th scope="col">By</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {history.toReversed().map((event) => (
            <tr key={`${event.alias} ${event.at} ${event.to ?? ''} ${event.from ?? ''}`}>
              <td>
                <Time at={event.at} />
              </td>
              <td>{event.alias}</td>
              <td className="mono nowrap">
                {nameOf(event.from)} → {nameOf(event.to)} <span className="faint">{event.action}</span>
              </td>
              <td>{event.who}</td>
              <td style={{ overflowWrap: 'anywhere' }}>{event.why}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
