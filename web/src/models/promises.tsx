import type { JudgedPromise } from '../../../src/http/native/contract/model.ts'
import { Holds } from '../ui/status.tsx'

/** Every promise of a contract beside what was measured; broken ones stand first. */
export function Promises({ promises }: { readonly promises: readonly JudgedPromise[] }) {
  const sorted = [...promises.filter(({ holds }) => !holds), ...promises.filter(({ holds }) => holds)]
  return (
    <div className="table-scroll">
      <table className="table relaxed">
        <thead>
          <tr>
            <th scope="col">Promise</th>
            <th scope="col">Promised</th>
            <th scope="col">Measured</th>
            <th scope="col">State</th>
            <th scope="col">Whose</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((promise) => (
            <tr key={promise.promise} className={promise.holds ? '' : 'differs'} title={promise.explain}>
              <th scope="row" style={{ color: 'var(--text)' }}>
                {promise.promise}
              </th>
              <td className="mono">{promise.promised}</td>
              <td className="mono">{promise.measured}</td>
              <td>
                <Holds holds={promise.holds} />
                {promise.holds ? null : <div className="muted">{promise.explain}</div>}
              </td>
              <td className="muted">
                {promise.side} <span className="faint">{promise.owner}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
