import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouteComponent,
  useNavigate,
  useSearch,
} from '@tanstack/react-router'
import { useCallback } from 'react'

import { RunsPage } from './runs/runs-page.tsx'
import { NotFound, RenderFailure, Shell } from './shell/shell.tsx'
import { LoadingRows } from './ui/states.tsx'

/** The state of a page, as its address says it: texts by name, nothing else. */
export type UrlState = Readonly<Record<string, string | undefined>>

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: RenderFailure,
  validateSearch: (search: Record<string, unknown>): UrlState => search as UrlState,
})

const page = <Path extends string>(path: Path, component: RouteComponent) =>
  createRoute({ getParentRoute: () => root, path, component })

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/runs', replace: true })
    },
  }),
  page('/runs', RunsPage),
  page(
    '/runs/$run',
    lazyRouteComponent(() => import('./run/run-page.tsx'), 'RunPage'),
  ),
  page(
    '/compare',
    lazyRouteComponent(() => import('./compare/compare-page.tsx'), 'ComparePage'),
  ),
  page(
    '/pipelines',
    lazyRouteComponent(() => import('./pipelines/pipelines-page.tsx'), 'PipelinesPage'),
  ),
  page(
    '/datasets',
    lazyRouteComponent(() => import('./datasets/datasets-page.tsx'), 'DatasetsPage'),
  ),
  page(
    '/datasets/$dataset',
    lazyRouteComponent(() => import('./datasets/dataset-page.tsx'), 'DatasetPage'),
  ),
  page(
    '/models',
    lazyRouteComponent(() => import('./models/models-page.tsx'), 'ModelsPage'),
  ),
  page(
    '/models/$model',
    lazyRouteComponent(() => import('./models/model-page.tsx'), 'ModelPage'),
  ),
  page(
    '/lineage',
    lazyRouteComponent(() => import('./lineage/lineage-page.tsx'), 'LineagePage'),
  ),
] as const

const routeTree = root.addChildren(routes)

export function createPageRouter() {
  return createRouter({
    routeTree,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: writeSearch,
    defaultPreload: 'intent',
    defaultPendingComponent: () => <LoadingRows />,
    defaultPendingMs: 150,
    scrollRestoration: true,
  })
}

/** Readable addresses: what may stand in a query stays as it is. */
function writeSearch(search: Record<string, unknown>): string {
  const parts = Object.entries(search)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => {
      const text = encodeURIComponent(String(value))
      return `${name}=${text.replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%20', '+').replaceAll('%2F', '/')}`
    })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** The address as state: what it says, and how to say something else. */
export function useUrlState(): readonly [
  UrlState,
  (change: UrlState, options?: { readonly replace: boolean }) => void,
] {
  const search = useSearch({ strict: false }) as UrlState
  const navigate = useNavigate()
  const change = useCallback(
    (patch: UrlState, { replace }: { readonly replace: boolean } = { replace: true }) => {
      void navigate({
        to: '.',
        search: (before: UrlState) => ({ ...before, ...patch }),
        replace,
        resetScroll: false,
      })
    },
    [navigate],
  )
  return [search, change]
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>
  }
}
