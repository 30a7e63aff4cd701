import type { ReactNode } from 'react'

import { ApiError } from '../api/fetch-json.ts'

/** Nothing is here yet: says what fills it. */
export function Empty({
  title,
  command,
  children,
}: {
  readonly title: string
  readonly command?: string
  readonly children?: ReactNode
}) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children === undefined ? null : <p className="muted">{children}</p>}
      {command === undefined ? null : <code className="code-line">{command}</code>}
    </div>
  )
}

/** Why something could not be shown or done, and what to do; a refusal says who can grant it. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : undefined
  const message = problem?.message ?? (error instanceof Error ? error.message : String(error))
  const isDenied = problem?.kind === 'denied' || problem?.kind === 'unauthenticated'
  return (
    <div className="state" role="alert">
      <h2>
        {isDenied
          ? 'You may not see this'
          : problem?.kind === 'not_found'
            ? 'There is no such thing here'
            : 'This could not be loaded'}
      </h2>
      <p>{message}</p>
      <p className="muted">{problem?.hint ?? 'Load the page again.'}</p>
      {problem === undefined ? null : <p className="code mono">{problem.code}</p>}
      {retry === undefined || isDenied ? null : (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** A problem beside the form that caused it; what was typed stays. */
export function Problem({ error }: { readonly error: unknown }) {
  const problem = error instanceof ApiError ? error.problem : undefined
  return (
    <div className="notice bad" role="alert">
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {problem === undefined ? null : (
        <p className="muted">
          {problem.hint} <span className="code mono">{problem.code}</span>
        </p>
      )}
    </div>
  )
}

/** The shape of a table that comes. */
export function LoadingRows({ rows = 12, columns = 5 }: { readonly rows?: number; readonly columns?: number }) {
  return (
    <div role="status" aria-label="loading">
      <table className="table" aria-hidden="true">
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              {Array.from({ length: columns }, (_, column) => (
                <td key={column}>
                  <span className="skeleton" style={{ width: `${40 + ((row * 7 + column * 31) % 50)}%` }} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export function LoadingLines({ lines = 5 }: { readonly lines?: number }) {
  return (
    <div role="status" aria-label="loading" className="stack" style={{ padding: '8px 0' }}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="skeleton" style={{ width: `${30 + ((line * 37) % 55)}%` }} />
      ))}
    </div>
  )
}
