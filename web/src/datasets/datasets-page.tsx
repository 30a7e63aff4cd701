import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import type { DatasetSummary } from '../../../src/http/native/contract/dataset.ts'
import { getJson } from '../api/fetch-json.ts'
import { PageHead } from '../ui/page.tsx'
import { Bytes, Count, Time } from '../ui/quantity.tsx'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'

/** Every dataset, as its latest version. */
export function DatasetsPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['datasets'],
    queryFn: ({ signal }) => getJson<{ datasets: DatasetSummary[] }>('/datasets', {}, signal),
  })
  return (
    <div className="page scrolls">
      <PageHead question="What data is there, and what changed?" />
      <div className="page-body">
        {error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <LoadingRows rows={6} columns={7} />
        ) : data.datasets.length === 0 ? (
          <Empty title="There is no dataset yet" command="baton init shop --from customers.csv --target churned">
            Steps of pipelines make datasets: p.ingest, p.sql, p.split.
          </Empty>
        ) : (
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Dataset</th>
                  <th scope="col" className="num">
                    Versions
                  </th>
                  <th scope="col" className="num">
                    Rows
                  </th>
                  <th scope="col" className="num">
                    Columns
                  </th>
                  <th scope="col" className="num">
                    Size
                  </th>
                  <th scope="col">Latest</th>
                  <th scope="col">Made from</th>
                </tr>
              </thead>
              <tbody>
                {data.datasets.map((dataset) => (
                  <tr key={dataset.dataset}>
                    <th scope="row" className="name">
                      <Link to="/datasets/$dataset" params={{ dataset: dataset.dataset }} search={{}}>
                        {dataset.dataset}
                      </Link>{' '}
                      {dataset.tags.map((tag) => (
                        <span key={tag} className="tag">
                          {tag}
                        </span>
                      ))}
                    </th>
                    <td className="num">
                      <Count value={dataset.versions} />
                    </td>
                    <td className="num">
                      <Count value={dataset.rows} />
                    </td>
                    <td className="num">
                      <Count value={dataset.columns} />
                    </td>
                    <td className="num">
                      <Bytes value={dataset.sizeBytes} />
                    </td>
                    <td>
                      <Time at={dataset.createdAt} />
                    </td>
                    <td className="muted mono clip" style={{ maxWidth: 320 }} title={dataset.source}>
                      {dataset.source?.split('/').slice(-2).join('/') ?? dataset.step ?? ''}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </div>
  )
}
