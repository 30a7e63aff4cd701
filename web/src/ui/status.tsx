import type { RunStatus, StepState } from '../../../src/http/native/contract/run.ts'

type Tone = 'good' | 'bad' | 'warn' | 'live' | 'calm'
type Shape = 'check' | 'cross' | 'square' | 'ring' | 'dot' | 'dash' | 'triangle'

const shapes: Readonly<Record<Shape, React.ReactNode>> = {
  check: <path d="M1.5 5.5 4 8l4.5-6" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  cross: <path d="m2 2 6 6m0-6L2 8" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  square: <rect x="1.5" y="1.5" width="7" height="7" fill="currentColor" />,
  ring: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.8" className="spin" />,
  dot: <circle cx="5" cy="5" r="3" fill="currentColor" />,
  dash: <path d="M1.5 5h7" stroke="currentColor" strokeWidth="1.8" />,
  triangle: <path d="M5 1 9.5 9h-9z" fill="currentColor" />,
}

/** A state by its colour, its shape and its word. */
export function Mark({ tone, shape, label }: { readonly tone: Tone; readonly shape: Shape; readonly label: string }) {
  return (
    <span className={`status ${tone}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        {shapes[shape]}
      </svg>
      {label}
    </span>
  )
}

const ofRun: Readonly<Record<RunStatus, readonly [Tone, Shape, string]>> = {
  FINISHED: ['calm', 'check', 'finished'],
  RUNNING: ['live', 'ring', 'running'],
  SCHEDULED: ['calm', 'dot', 'scheduled'],
  FAILED: ['bad', 'cross', 'failed'],
  KILLED: ['warn', 'square', 'stopped'],
}

const ofStep: Readonly<Record<StepState, readonly [Tone, Shape, string]>> = {
  ran: ['good', 'check', 'ran'],
  cached: ['calm', 'dash', 'cached'],
  running: ['live', 'ring', 'running'],
  failed: ['bad', 'cross', 'failed'],
  stopped: ['warn', 'square', 'stopped'],
  waiting: ['calm', 'dot', 'waiting'],
}

export function RunState({ status }: { readonly status: RunStatus }) {
  const [tone, shape, label] = ofRun[status]
  return <Mark tone={tone} shape={shape} label={label} />
}

export function StepStateMark({ state }: { readonly state: StepState }) {
  const [tone, shape, label] = ofStep[state]
  return <Mark tone={tone} shape={shape} label={label} />
}

export function Holds({ holds }: { readonly holds: boolean }) {
  return holds ? <Mark tone="good" shape="check" label="holds" /> : <Mark tone="bad" shape="cross" label="broken" />
}
