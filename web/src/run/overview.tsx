import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { Section } from '../ui/page.tsx'
import { DataList } from './data-list.tsx'
import { MetricsTable } from './metrics-table.tsx'
import { Note } from './note.tsx'

/** What the run was given, what it found, what people said about it. */
export function Overview({ run }: { readonly run: RunDetail }) {
  const params = Object.entries(run.params)
  const tags = Object.entries(run.tags).filter(([key]) => !key.startsWith('baton.') && !key.startsWith('mlflow.'))
  return (
    <>
      <Note run={run} />
      <div className="columns">
        <Section title="Metrics">
          {run.metrics.length === 0 ? (
            <p className="muted">It has logged no metric.</p>
          ) : (
            <MetricsTable metrics={run.metrics} />
          )}
        </Section>
        <div>
          <Section title="Params">
            {params.length === 0 ? <p className="muted">It was given no parameter.</p> : <KeyValues rows={params} />}
          </Section>
          {tags.length === 0 ? null : (
            <Section title="Tags">
              <KeyValues rows={tags} />
            </Section>
          )}
          <Section title="Read">
            <DataList data={run.inputs} empty="It has recorded no input." />
          </Section>
          <Section title="Made">
            <DataList
              data={run.outputs}
              run={run.id}
              empty={run.kind === 'pipeline' ? 'Its steps have made what it made.' : 'It has recorded no output.'}
            />
          </Section>
        </div>
      </div>
    </>
  )
}

function KeyValues({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <table className="table">
      <tbody>
        {rows.map(([key, value]) => (
          <tr key={key}>
            <th scope="row" className="key">
              {key}
            </th>
            <td className="mono" style={{ overflowWrap: 'anywhere', textAlign: 'right' }}>
              {value}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
