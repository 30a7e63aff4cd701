import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

import { ApiError } from '../api/fetch-json.ts'
import { useUrlState } from '../router.tsx'
import { PageHead } from '../ui/page.tsx'
import { formatCount } from '../ui/quantities.ts'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'
import { columnKey, columnName, defaultColumns, groupings } from './columns.ts'
import { ColumnsMenu } from './columns-menu.tsx'
import { FilterBox } from './filter-box.tsx'
import { useExperiments, useRunKeys, useRunTable } from './requests.ts'
import { RunsTable } from './runs-table.tsx'
import { ViewsMenu } from './views-menu.tsx'

const loadedByItself = 10_000
const none: readonly string[] = []

/** The table of runs. Its whole state is in the address. */
export function RunsPage() {
  const [url, setUrl] = useUrlState()
  const navigate = useNavigate()
  const experiments = useMemo(
    () => (url['experiment'] === undefined ? none : url['experiment'].split(',')),
    [url['experiment']],
  )
  const keys = useRunKeys(experiments)
  const known = useExperiments()
  const columns = useMemo(
    () =>
      url['columns']?.split(',').filter((column) => column !== '') ??
      (keys.data === undefined ? none : defaultColumns(keys.data)),
    [url['columns'], keys.data],
  )
  const group = url['group'] ?? ''
  const asked = useMemo(
    () => (/^(params|tags)\./.test(group) && !columns.includes(group) ? [...columns, group] : columns),
    [columns, group],
  )
  const order = url['order'] ?? ''
  const filter = url['filter'] ?? ''
  const query = useMemo(
    () => ({
      filter,
      order: order === '' ? none : [order],
      columns: asked,
      experiments,
      kinds: url['steps'] === '1' ? ['pipeline', 'run', 'step'] : ['pipeline', 'run'],
      lifecycle: url['lifecycle'] ?? 'active',
    }),
    [filter, order, asked, experiments, url['steps'], url['lifecycle']],
  )
  const table = useRunTable(query, { enabled: keys.data !== undefined || keys.isError })
  // While a filter cannot be read, the rows of the last one that could stay in sight.
  const last = useRef(table.data)
  if (table.data !== undefined) last.current = table.data
  const data = table.data ?? last.current
  const runs = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data])
  const shownColumns = data?.pages[0]?.columns ?? asked
  const total = data?.pages[0]?.total

  const { hasNextPage, isFetching, isError, fetchNextPage } = table
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError && runs.length < loadedByItself) void fetchNextPage()
  }, [hasNextPage, isFetching, isError, runs.length, fetchNextPage])

  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const compare = useCallback(() => {
    if (selected.size > 0) void navigate({ to: '/compare', search: { runs: [...selected].join(',') } })
  }, [navigate, selected])

  const problem = table.error instanceof ApiError ? table.error.problem : undefined
  const isFilterProblem = problem?.code === 'tracking.invalid_filter'
  const names = useMemo(() => new Map((known.data?.experiments ?? []).map(({ id, name }) => [id, name])), [known.data])
  const isBare = filter === '' && experiments.length === 0 && url['steps'] !== '1'

  return (
    <div className="page">
      <PageHead
        question="Which run was best, and why?"
        actions={
          <span className="muted num">
            {total === undefined ? '' : `${formatCount(total)} run${total === 1 ? '' : 's'}`}
          </span>
        }
      />
      <div className="toolbar" role="search">
        <select
          className="select"
          aria-label="Experiment"
          value={url['experiment'] ?? ''}
          onChange={(event) =>
            setUrl(
              { experiment: event.target.value || undefined, columns: undefined, order: undefined },
              { replace: false },
            )
          }
        >
          <option value="">All experiments</option>
          {known.data?.experiments.map(({ id, name, runs: count }) => (
            <option key={id} value={id}>
              {name} ({formatCount(count)})
            </option>
          ))}
        </select>
        <FilterBox
          value={filter}
          keys={keys.data}
          error={isFilterProblem ? problem.message : undefined}
          onChange={(next) => setUrl({ filter: next || undefined }, { replace: false })}
        />
        <select
          className="select"
          aria-label="Group by"
          value={group}
          onChange={(event) => setUrl({ group: event.target.value || undefined })}
        >
          {groupings.map(([value, name]) => (
            <option key={value} value={value}>
              {value === '' ? 'Not grouped' : `By ${name}`}
            </option>
          ))}
          {(['params', 'tags'] as const).flatMap((entity) =>
            (keys.data?.[entity] ?? []).slice(0, 40).map((key) => (
              <option key={`${entity}.${key}`} value={columnName(entity, key)}>
                By {columnKey(columnName(entity, key))}
              </option>
            )),
          )}
        </select>
        <ColumnsMenu keys={keys.data} columns={columns} onChange={(next) => setUrl({ columns: next?.join(',') })} />
        <button
          type="button"
          className="button"
          aria-pressed={url['steps'] === '1'}
          onClick={() => setUrl({ steps: url['steps'] === '1' ? undefined : '1' })}
        >
          Steps
        </button>
        <ViewsMenu />
      </div>
      {isFilterProblem ? (
        <p className="toolbar-error" role="alert">
          {problem.message} {problem.hint}
        </p>
      ) : null}
      {isFilterProblem && runs.length === 0 ? (
        <Empty title="The filter cannot be read">
          What you typed stays: mend it, or see <Link to="/runs">all runs</Link>. Press ? for examples.
        </Empty>
      ) : table.isError && runs.length === 0 ? (
        <Failure error={table.error} retry={() => void table.refetch()} />
      ) : data === undefined ? (
        <LoadingRows rows={20} columns={8} />
      ) : runs.length === 0 && isBare ? (
        <Empty title="No run is recorded yet" command="baton run churn">
          Run a pipeline, or point an MLflow client here: MLFLOW_TRACKING_URI={location.origin}
        </Empty>
      ) : runs.length === 0 ? (
        <Empty title="No run fits the filter">
          What you typed stays. <Link to="/runs">Show all runs</Link>
        </Empty>
      ) : (
        <RunsTable
          runs={runs}
          total={total ?? runs.length}
          columns={shownColumns}
          shown={columns}
          experiments={names}
          hidesExperiment={experiments.length === 1}
          group={group}
          order={order}
          isOld={table.isPlaceholderData || isFilterProblem}
          selected={selected}
          onSelect={setSelected}
          onCompare={compare}
          onOrder={(next) => setUrl({ order: next })}
          onEnd={() => {
            if (hasNextPage && !isFetching) void fetchNextPage()
          }}
        />
      )}
      {selected.size > 0 ? (
        <div className="selection-bar" role="status">
          <span>
            <b>{selected.size}</b> selected
          </span>
          <button type="button" className="button primary" onClick={compare}>
            Compare {selected.size > 1 ? `${selected.size} runs` : ''}
          </button>
          <button type="button" className="button" onClick={() => setSelected(new Set())}>
            Clear
          </button>
          <span className="faint">
            <kbd>c</kbd> compares, <kbd>Esc</kbd> clears
          </span>
        </div>
      ) : null}
    </div>
  )
}
