import { useCallback, useMemo } from 'react'

import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { Curves } from '../charts/curves.tsx'

/** The metrics of one run that have more than one step; the steps of a pipeline have theirs on their own pages. */
export function RunCurves({ run }: { readonly run: RunDetail }) {
  const runs = useMemo(() => [run.id], [run.id])
  const keys = useMemo(() => run.metrics.filter(({ step }) => step > 0).map(({ key }) => key), [run.metrics])
  const nameOf = useCallback(() => run.name, [run.name])
  return <Curves runs={runs} keys={keys.slice(0, 50)} nameOf={nameOf} />
}
