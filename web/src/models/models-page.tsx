import { Link } from '@tanstack/react-router'

import { PageHead } from '../ui/page.tsx'
import { Time } from '../ui/quantity.tsx'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'
import { useModels } from './requests.ts'

/** The registry: every model with what its aliases name. */
export function ModelsPage() {
  const { data, error, refetch } = useModels()
  return (
    <div className="page scrolls">
      <PageHead question="Which models are there, and which are in use?" />
      <div className="page-body">
        {error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <LoadingRows rows={4} columns={5} />
        ) : data.models.length === 0 ? (
          <Empty title="No model is registered yet" command="baton run churn">
            p.register makes a version when its contract holds; so does mlflow.register_model.
          </Empty>
        ) : (
          <div className="table-scroll">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Model</th>
                  <th scope="col">Champion</th>
                  <th scope="col">Other aliases</th>
                  <th scope="col" className="num">
                    Latest
                  </th>
                  <th scope="col">Changed</th>
                  <th scope="col">About</th>
                </tr>
              </thead>
              <tbody>
                {data.models.map((model) => {
                  const { champion, ...others } = model.aliases
                  return (
                    <tr key={model.name}>
                      <th scope="row" className="name">
                        <Link to="/models/$model" params={{ model: model.name }} search={{}}>
                          {model.name}
                        </Link>
                      </th>
                      <td className="mono">
                        {champion === undefined ? <span className="faint">none</span> : `@${champion}`}
                      </td>
                      <td>
                        {Object.entries(others).map(([alias, version]) => (
                          <span key={alias} className="tag">
                            {alias} @{version}
                          </span>
                        ))}
                      </td>
                      <td className="num">{model.latestVersion === 0 ? '' : `@${model.latestVersion}`}</td>
                      <td>
                        <Time at={model.updatedAt} />
                      </td>
                      <td className="muted clip" style={{ maxWidth: 360 }}>
                        {model.description}
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </div>
  )
}
