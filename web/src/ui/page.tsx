import { type ReactNode, useEffect } from 'react'

/** A page answers one question, which is its heading. */
export function PageHead({
  crumbs,
  title,
  question,
  actions,
  children,
}: {
  readonly crumbs?: ReactNode
  readonly title?: ReactNode
  readonly question: string
  readonly actions?: ReactNode
  readonly children?: ReactNode
}) {
  const name = typeof title === 'string' ? `${title}: ${question}` : question
  useEffect(() => {
    document.title = `${name} · Baton`
  }, [name])
  return (
    <header className="page-head">
      {crumbs === undefined ? null : (
        <nav className="crumbs" aria-label="Where you are">
          {crumbs}
        </nav>
      )}
      <div className="title">
        <h1>
          {title === undefined ? (
            question
          ) : (
            <>
              {title} <span className="question">{question}</span>
            </>
          )}
        </h1>
        {actions === undefined ? null : <div className="actions">{actions}</div>}
      </div>
      {children}
    </header>
  )
}

/** A titled part of a page. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** Names and values; a row without a value is left out. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
