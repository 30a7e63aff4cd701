import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'

import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { useUrlState } from '../router.tsx'
import { Section } from '../ui/page.tsx'
import { formatBytes } from '../ui/quantities.ts'
import { Empty, Failure, LoadingLines } from '../ui/states.tsx'
import { getRunLog, useRunSteps } from './requests.ts'

const pollMs = 1500

/** The log of a run, or of a step of a pipeline run; it grows while the run goes on. */
export function LogView({ run }: { readonly run: RunDetail }) {
  const [url] = useUrlState()
  const isPipeline = run.kind === 'pipeline'
  const { data: steps } = useRunSteps(run.id, { enabled: isPipeline })
  const begun = steps?.nodes.filter(({ state }) => state !== 'waiting') ?? []
  const active = begun.find(({ state }) => state === 'failed' || state === 'running') ?? begun.at(-1)
  const step = begun.find((node) => node.step === url['step']) ?? active
  if (!isPipeline) return <Log run={run.id} />
  if (steps === undefined) return <LoadingLines lines={8} />
  return (
    <>
      <div className="row wrap" style={{ marginTop: 14 }}>
        {begun.map((node) => (
          <Link
            key={node.id}
            className="button"
            to="."
            search={{ tab: 'log', step: node.step }}
            aria-pressed={node.id === step?.id}
            resetScroll={false}
            activeProps={{}}
          >
            {node.step}
          </Link>
        ))}
      </div>
      {step === undefined ? <Empty title="No step has begun" /> : <Log key={step.id} run={step.id} />}
    </>
  )
}

function Log({ run }: { readonly run: string }) {
  const { text, sizeBytes, isOpen, isAvailable, error } = useLog(run)
  const ref = useRef<HTMLPreElement>(null)
  const [follows, setFollows] = useState(true)
  useEffect(() => {
    if (follows && ref.current !== null) ref.current.scrollTop = ref.current.scrollHeight
  }, [text, follows])
  if (error !== undefined && text === undefined) return <Failure error={error} />
  if (text === undefined) return <LoadingLines lines={8} />
  if (!isAvailable)
    return (
      <Empty title="There is no log">
        The run has printed nothing that this store holds. Steps of pipelines keep theirs; so does a command run by
        “baton exec”.
      </Empty>
    )
  const aside = (
    <>
      <span className="faint">{formatBytes(sizeBytes)}</span>
      <label className="check muted">
        <input type="checkbox" checked={follows} onChange={(event) => setFollows(event.target.checked)} />{' '}
        {isOpen ? 'follow' : 'at the end'}
      </label>
    </>
  )
  return (
    <Section title={isOpen ? 'Log, live' : 'Log'} aside={aside}>
      <pre className="log" ref={ref} tabIndex={0} aria-label="Log" aria-live={isOpen ? 'polite' : 'off'}>
        {text === '' ? <span className="faint">The step has printed nothing.</span> : text}
      </pre>
    </Section>
  )
}

interface LogState {
  readonly text?: string
  readonly sizeBytes: number
  readonly isOpen: boolean
  readonly isAvailable: boolean
  readonly error?: unknown
}

/** Reads the end of a log, then what comes after it while the run is open. */
function useLog(run: string): LogState {
  const [state, setState] = useState<LogState>({ sizeBytes: 0, isOpen: false, isAvailable: false })
  useEffect(() => {
    const abort = new AbortController()
    let timer: number | undefined
    let offset: number | undefined
    const read = async (): Promise<void> => {
      try {
        const piece = await getRunLog(run, offset, abort.signal)
        offset = piece.next
        setState((before) => ({
          text: (before.text ?? '') + piece.text,
          sizeBytes: piece.sizeBytes,
          isOpen: piece.open,
          isAvailable: piece.available,
        }))
        const isBehind = piece.next < piece.sizeBytes
        if (piece.open || isBehind) timer = window.setTimeout(() => void read(), isBehind ? 0 : pollMs)
      } catch (error) {
        if (abort.signal.aborted) return
        setState((before) => ({ ...before, error }))
        timer = window.setTimeout(() => void read(), 4 * pollMs)
      }
    }
    void read()
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [run])
  return state
}
