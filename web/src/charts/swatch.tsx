import { styleOfRun } from './palette.ts'

/** A piece of a run's line: colour and dash. */
export function Swatch({ run }: { readonly run: string }) {
  const { color, dash } = styleOfRun(run)
  return (
    <svg className="swatch" viewBox="0 0 18 10" aria-hidden="true">
      <path d="M0 5h18" stroke={color} strokeWidth="2.5" strokeDasharray={dash.join(' ')} />
    </svg>
  )
}
