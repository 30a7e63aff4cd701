import { useQuery } from '@tanstack/react-query'

import type { RunKeys, RunTable, RunTableRow } from '../../../src/http/native/contract/run.ts'
import { getJson } from '../api/fetch-json.ts'
import { columnName } from '../runs/columns.ts'

/** Runs side by side: each value by its column. */
export interface Comparison {
  readonly runs: readonly RunTableRow[]
  readonly params: readonly string[]
  readonly metrics: readonly string[]
  readonly valueOf: (run: RunTableRow, column: string) => RunTableRow['values'][number]
}

const mostColumns = 120

export function useComparison(ids: readonly string[]) {
  return useQuery({
    queryKey: ['runs', 'comparison', ids],
    queryFn: async ({ signal }): Promise<Comparison> => {
      const keys = await getJson<RunKeys>('/run-keys', { runs: ids }, signal)
      const metrics = keys.metrics
        .filter((key) => !/\.(lower|upper)$/.test(key))
        .map((key) => columnName('metrics', key))
      const params = keys.params.map((key) => columnName('params', key))
      const columns = [...params, ...metrics].slice(0, mostColumns)
      const filter = `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(',')})`
      const table = await getJson<RunTable>(
        '/runs',
        { filter, columns, kinds: ['pipeline', 'run', 'step'], lifecycle: 'all', limit: ids.length },
        signal,
      )
      const places = new Map(ids.map((id, index) => [id, index]))
      const at = new Map(table.columns.map((column, index) => [column, index]))
      return {
        runs: table.rows.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0)),
        params: params.filter((column) => at.has(column)),
        metrics: metrics.filter((column) => at.has(column)),
        valueOf: (run, column) => run.values[at.get(column) ?? -1] ?? null,
      }
    },
    enabled: ids.length > 0,
  })
}
