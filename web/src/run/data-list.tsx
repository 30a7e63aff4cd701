import { Link } from '@tanstack/react-router'

import type { Datum } from '../../../src/http/native/contract/run.ts'
import { Bytes, Count, Digest } from '../ui/quantity.tsx'

/** What a run has read or made, by content. */
export function DataList({
  data,
  run,
  empty,
}: {
  readonly data: readonly Datum[]
  readonly run?: string
  readonly empty: string
}) {
  if (data.length === 0) return <p className="muted">{empty}</p>
  return (
    <table className="table">
      <tbody>
        {data.map((datum) => (
          <tr key={`${datum.name} ${datum.digest}`}>
            <th scope="row" className="key">
              {datum.name}
            </th>
            <td>
              <DatumLink datum={datum} run={run} />
            </td>
            <td className="num muted">
              <DatumSize datum={datum} />
            </td>
            <td className="num">
              <Digest value={datum.digest} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function DatumLink({ datum, run }: { readonly datum: Datum; readonly run: string | undefined }) {
  const { dataset, version, kind, name, value } = datum
  if (dataset !== undefined && version !== undefined)
    return (
      <Link to="/datasets/$dataset" params={{ dataset }} search={{ version: String(version) }}>
        {dataset}@{version}
      </Link>
    )
  if (value !== undefined) return <code className="clip">{JSON.stringify(value).slice(0, 60)}</code>
  if (run !== undefined && (kind === 'model' || kind === 'report' || kind === 'files'))
    return (
      <Link to="/runs/$run" params={{ run }} search={{ tab: 'artifacts', path: name }}>
        {kind}
      </Link>
    )
  return <>{dataset ?? kind}</>
}

function DatumSize({ datum: { rows, sizeBytes } }: { readonly datum: Datum }) {
  if (rows !== undefined)
    return (
      <>
        <Count value={rows} /> rows
      </>
    )
  return sizeBytes === undefined ? null : <Bytes value={sizeBytes} />
}
