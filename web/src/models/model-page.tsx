import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'

import type { ModelDetail, ModelVersion } from '../../../src/http/native/contract/model.ts'
import { apiUrl, segment } from '../api/fetch-json.ts'
import { useUrlState } from '../router.tsx'
import { Facts, PageHead, Section } from '../ui/page.tsx'
import { Bytes, Digest, Time } from '../ui/quantity.tsx'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'
import { Mark } from '../ui/status.tsx'
import { AliasHistory } from './alias-history.tsx'
import { PromoteDialog } from './promote-dialog.tsx'
import { Promises } from './promises.tsx'
import { useModel } from './requests.ts'

/** One model: its versions, what the chosen one promises and keeps, and who gave it which alias, and why. */
export function ModelPage() {
  const { model: name } = useParams({ strict: false }) as { model: string }
  const [url] = useUrlState()
  const [dialog, setDialog] = useState<'promote' | 'rollback' | undefined>()
  const { data, error, refetch } = useModel(name)
  const wanted = url['version']
  const version =
    data?.versions.find((each) => String(each.version) === wanted || each.aliases.includes(wanted ?? '')) ??
    data?.versions[0]
  return (
    <div className="page scrolls">
      <PageHead
        crumbs={
          <>
            <Link to="/models">Models</Link> / {name}
          </>
        }
        title={version === undefined ? name : `${name}@${version.version}`}
        question="Is it good enough to ship?"
        actions={
          version === undefined ? null : (
            <>
              <Link className="button" to="/lineage" search={{ model: `${name}@${version.version}` }}>
                Lineage
              </Link>
              <button type="button" className="button" onClick={() => setDialog('rollback')}>
                Roll back
              </button>
              <button type="button" className="button primary" onClick={() => setDialog('promote')}>
                Promote
              </button>
            </>
          )
        }
      >
        {version === undefined ? null : <VersionLine version={version} />}
      </PageHead>
      <div className="page-body">
        {error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <LoadingRows rows={8} />
        ) : version === undefined ? (
          <Empty title="The model has no version yet" command={`mlflow.register_model('runs:/RUN/model', '${name}')`} />
        ) : (
          <Version model={data} version={version} />
        )}
      </div>
      {dialog === undefined || data === undefined || version === undefined ? null : (
        <PromoteDialog action={dialog} model={data} version={version} onClose={() => setDialog(undefined)} />
      )}
    </div>
  )
}

function VersionLine({ version }: { readonly version: ModelVersion }) {
  return (
    <div className="facts-line">
      <Gate version={version} />
      {version.aliases.map((alias) => (
        <span key={alias} className="tag accent">
          {alias}
        </span>
      ))}
      <span>
        registered <Time at={version.createdAt} />
      </span>
      {version.sizeBytes === undefined ? null : <Bytes value={version.sizeBytes} />}
      {version.digest === undefined ? null : <Digest value={version.digest} />}
    </div>
  )
}

function Gate({ version }: { readonly version: ModelVersion }) {
  if (version.holds === undefined) return <Mark tone="warn" shape="triangle" label="judged by no contract" />
  const broken = version.promises.filter(({ holds }) => !holds).length
  return version.holds ? (
    <Mark tone="good" shape="check" label={`its contract holds: ${version.promises.length} promises`} />
  ) : (
    <Mark tone="bad" shape="cross" label={`${broken} of ${version.promises.length} promises are broken`} />
  )
}

function Version({ model, version }: { readonly model: ModelDetail; readonly version: ModelVersion }) {
  return (
    <>
      <div className="columns">
        <Section title="Versions">
          <table className="table">
            <tbody>
              {model.versions.map((each) => (
                <tr key={each.version} className={each.version === version.version ? 'selected' : ''}>
                  <th scope="row">
                    <Link
                      to="."
                      search={{ version: String(each.version) }}
                      aria-current={each.version === version.version}
                      resetScroll={false}
                    >
                      @{each.version}
                    </Link>{' '}
                    {each.aliases.map((alias) => (
                      <span key={alias} className="tag accent">
                        {alias}
                      </span>
                    ))}
                  </th>
                  <td>
                    {each.holds === undefined ? (
                      <span className="faint">no contract</span>
                    ) : each.holds ? (
                      'holds'
                    ) : (
                      'broken'
                    )}
                  </td>
                  <td className="num muted">
                    <Time at={each.createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
        <Section title="Who and what">
          <Facts
            rows={[
              ['task', version.task],
              ['data science', version.owners?.dataScience],
              ['engineering', version.owners?.engineering],
              [
                'made by',
                version.runId === undefined ? undefined : (
                  <Link to="/runs/$run" params={{ run: version.runId }} search={{}} className="mono">
                    run {version.runId.slice(-8)}
                  </Link>
                ),
              ],
              [
                'load it',
                <code key="load">
                  mlflow.pyfunc.load_model('models:/{version.model}/{version.version}')
                </code>,
              ],
              ['about', version.description],
            ]}
          />
        </Section>
      </div>
      <Section title="Contract: what is promised, and what was measured">
        {version.promises.length === 0 ? (
          <Empty title="Nothing is promised" command={`p.register('register', { model, report, contract })`}>
            This version was created by a client without a contract, so no gate has held it.
          </Empty>
        ) : (
          <Promises promises={version.promises} />
        )}
        {version.contract === undefined ? null : (
          <details style={{ marginTop: 8 }}>
            <summary className="muted">The whole contract</summary>
            <pre className="log">{version.contract}</pre>
          </details>
        )}
      </Section>
      <Section title="History of its aliases">
        <AliasHistory history={model.history} />
      </Section>
      {version.hasReport ? (
        <Section
          title="Quality report"
          aside={
            <a
              href={apiUrl(`/models/${segment(version.model)}/versions/${version.version}/report`)}
              target="_blank"
              rel="noreferrer"
            >
              Open alone
            </a>
          }
        >
          <div className="viewer">
            <iframe
              className="frame"
              style={{ height: '85vh' }}
              sandbox="allow-scripts"
              loading="lazy"
              title={`Quality report of ${version.model}@${version.version}`}
              src={apiUrl(`/models/${segment(version.model)}/versions/${version.version}/report`)}
            />
          </div>
        </Section>
      ) : null}
    </>
  )
}
