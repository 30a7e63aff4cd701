import { useQuery } from '@tanstack/react-query'
import { type ErrorComponentProps, Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

import type { Project } from '../../../src/http/native/contract/project.ts'
import { getJson } from '../api/fetch-json.ts'
import { useLiveUpdates } from '../api/live.ts'
import { PageHead } from '../ui/page.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { Failure } from '../ui/states.tsx'
import { Help } from './help.tsx'
import { Palette } from './palette.tsx'
import { useSession, useSignOut } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { applyTheme, readTheme, type Theme } from './theme.ts'

const places = [
  ['/runs', 'Runs'],
  ['/pipelines', 'Pipelines'],
  ['/datasets', 'Datasets'],
  ['/models', 'Models'],
  ['/lineage', 'Lineage'],
] as const

const next: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' }

export function useProject() {
  return useQuery({
    queryKey: ['project'],
    queryFn: ({ signal }) => getJson<Project>('/project', {}, signal),
    staleTime: 60_000,
  })
}

export function Shell() {
  const [open, setOpen] = useState<'palette' | 'help' | undefined>()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const { data: project } = useProject()
  const { data: session } = useSession()
  const mustSignIn = session !== undefined && session.required && session.user === undefined
  useLiveUpdates(session !== undefined && !mustSignIn)
  useShortcuts({ '?': () => setOpen('help') })
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return
      event.preventDefault()
      setOpen('palette')
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  const current = path.startsWith('/compare') ? '/runs' : places.find(([to]) => path.startsWith(to))?.[0]
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <div className="side">
        <Link to="/runs" className="project">
          <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path d="M8 24 24 8" stroke="#fff" strokeWidth="4.5" strokeLinecap="round" />
            <circle cx="9.5" cy="10" r="2.6" fill="#fff" />
          </svg>
          <span className="name clip">{project?.name ?? 'Baton'}</span>
        </Link>
        <button type="button" className="find" onClick={() => setOpen('palette')} aria-label="Find anything">
          <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="7" cy="7" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
            <path d="m10.5 10.5 4 4" stroke="currentColor" strokeWidth="1.6" />
          </svg>
          <span>Find</span>
          <kbd>⌘K</kbd>
        </button>
        <nav aria-label="Pages">
          {places.map(([to, name]) => (
            <Link key={to} to={to} activeProps={{}} aria-current={current === to ? 'page' : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <div className="foot">
          <ThemeButton />
          <button type="button" onClick={() => setOpen('help')}>
            Keys and help <kbd>?</kbd>
          </button>
        </div>
        {session?.user === undefined ? null : <SignedIn user={session.user} role={session.role} />}
        <p className="who">{project === undefined ? '' : `Baton ${project.version}`}</p>
      </div>
      <main className="main" id="main" tabIndex={-1}>
        {mustSignIn ? <SignIn /> : <Outlet />}
      </main>
      {open === 'palette' ? <Palette onClose={() => setOpen(undefined)} /> : null}
      {open === 'help' ? <Help onClose={() => setOpen(undefined)} /> : null}
    </div>
  )
}

function SignedIn({ user, role }: { readonly user: string; readonly role: string | undefined }) {
  const signOut = useSignOut()
  return (
    <p className="who">
      <b>{user}</b> {role?.replace('_', ' ') ?? 'without a role'}{' '}
      <button type="button" className="button quiet" onClick={() => signOut.mutate()}>
        Sign out
      </button>
    </p>
  )
}

function ThemeButton() {
  const [theme, setTheme] = useState(readTheme())
  return (
    <button
      type="button"
      onClick={() => {
        applyTheme(next[theme])
        setTheme(next[theme])
      }}
    >
      Colours: {theme === 'system' ? 'as the system' : theme}
    </button>
  )
}

export function NotFound() {
  return (
    <div className="page">
      <PageHead question="Where does this address lead?" />
      <div className="state">
        <p>There is no page here. Press ⌘K to find a run, a dataset or a model by its name.</p>
        <Link to="/runs">All runs</Link>
      </div>
    </div>
  )
}

export function RenderFailure({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} retry={reset} />
}
