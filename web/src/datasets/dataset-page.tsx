import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'

import type { TableHead } from '../../../src/http/native/contract/artifact.ts'
import type { DatasetDetail, DatasetDifference, DatasetVersion } from '../../../src/http/native/contract/dataset.ts'
import { getJson, segment } from '../api/fetch-json.ts'
import { useUrlState } from '../router.tsx'
import { HeadTable } from '../ui/head-table.tsx'
import { Facts, PageHead, Section } from '../ui/page.tsx'
import { Bytes, Count, Digest, Time } from '../ui/quantity.tsx'
import { Failure, LoadingLines, LoadingRows } from '../ui/states.tsx'
import { SchemaDifference } from './schema-difference.tsx'
import { VersionsTable } from './versions-table.tsx'

/** One dataset: its versions, the chosen one, and how it differs from the one before. */
export function DatasetPage() {
  const { dataset: name } = useParams({ strict: false }) as { dataset: string }
  const [url, setUrl] = useUrlState()
  const { data, error, refetch } = useQuery({
    queryKey: ['datasets', name],
    queryFn: ({ signal }) => getJson<DatasetDetail>(`/datasets/${segment(name)}`, {}, signal),
  })
  const version = data?.versions.find((each) => String(each.version) === url['version']) ?? data?.versions[0]
  const against = Number(url['against'] ?? (version === undefined ? 0 : version.version - 1))
  return (
    <div className="page scrolls">
      <PageHead
        crumbs={
          <>
            <Link to="/datasets">Datasets</Link> / {name}
          </>
        }
        title={version === undefined ? name : `${name}@${version.version}`}
        question="What changed in the data?"
        actions={
          version === undefined ? null : (
            <Link className="button" to="/lineage" search={{ dataset: `${name}@${version.version}` }}>
              Lineage
            </Link>
          )
        }
      >
        {version === undefined ? null : <VersionLine version={version} />}
      </PageHead>
      <div className="page-body">
        {error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined || version === undefined ? (
          <LoadingRows rows={8} />
        ) : (
          <>
            <Section title="Versions">
              <VersionsTable
                versions={data.versions}
                chosen={version.version}
                against={against}
                onAgainst={(next) => setUrl({ against: String(next) })}
              />
            </Section>
            <div className="columns">
              <Columns name={name} version={version} against={against} />
              <Uses detail={data} maker={version} />
            </div>
            <FirstRows name={name} version={version.version} />
          </>
        )}
      </div>
    </div>
  )
}

function VersionLine({ version }: { readonly version: DatasetVersion }) {
  return (
    <div className="facts-line">
      <span>
        <Count value={version.rows} /> rows
      </span>
      <span>{version.columns.length} columns</span>
      <Bytes value={version.sizeBytes} />
      <span>
        made <Time at={version.createdAt} />
      </span>
      <Digest value={version.digest} />
    </div>
  )
}

function Columns({
  name,
  version,
  against,
}: {
  readonly name: string
  readonly version: DatasetVersion
  readonly against: number
}) {
  const isCompared = against >= 1 && against !== version.version
  const { data, error } = useQuery({
    queryKey: ['datasets', name, 'difference', against, version.version],
    queryFn: ({ signal }) =>
      getJson<DatasetDifference>(
        `/datasets/${segment(name)}/difference`,
        { from: against, to: version.version },
        signal,
      ),
    enabled: isCompared,
    placeholderData: keepPreviousData,
  })
  if (error !== null) return <Failure error={error} />
  if (isCompared && data === undefined) return <LoadingLines lines={8} />
  return (
    <Section title={isCompared ? `Columns, against version ${against}` : 'Columns'}>
      <SchemaDifference
        columns={
          isCompared
            ? data!.columns
            : version.columns.map((column) => ({
                column: column.name,
                change: 'same',
                before: column.sqlType,
                after: column.sqlType,
              }))
        }
        rows={isCompared ? { before: data!.from.rows, after: data!.to.rows } : undefined}
      />
    </Section>
  )
}

function Uses({ detail, maker }: { readonly detail: DatasetDetail; readonly maker: DatasetVersion }) {
  return (
    <div>
      <Section title="Made by">
        <Facts
          rows={[
            ['step', maker.step],
            ['from', maker.source === undefined ? undefined : <span className="mono">{maker.source}</span>],
            [
              'run',
              maker.runId === undefined ? undefined : (
                <Link to="/runs/$run" params={{ run: maker.runId }} search={{}} className="mono">
                  {maker.runId.slice(-8)}
                </Link>
              ),
            ],
          ]}
        />
      </Section>
      <Section title="Read by">
        {detail.usedBy.length === 0 ? (
          <p className="muted">No run has read it.</p>
        ) : (
          <table className="table">
            <tbody>
              {detail.usedBy.map((use) => (
                <tr key={`${use.runId} ${use.version}`}>
                  <th scope="row">
                    <Link to="/runs/$run" params={{ run: use.runId }} search={{}}>
                      {use.name}
                    </Link>
                  </th>
                  <td className="mono muted">@{use.version}</td>
                  <td className="num muted">
                    <Time at={use.startedMs} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </div>
  )
}

function FirstRows({ name, version }: { readonly name: string; readonly version: number }) {
  const { data, error } = useQuery({
    queryKey: ['datasets', name, 'rows', version],
    queryFn: ({ signal }) =>
      getJson<TableHead>(`/datasets/${segment(name)}/versions/${version}/rows`, { rows: 50 }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <Section title="First rows">
      {error !== null ? (
        <Failure error={error} />
      ) : data === undefined ? (
        <LoadingRows rows={8} columns={8} />
      ) : (
        <HeadTable table={data} />
      )}
    </Section>
  )
}
