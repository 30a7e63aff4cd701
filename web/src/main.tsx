import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/parts.css'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'

import { ApiError } from './api/fetch-json.ts'
import { createPageRouter } from './router.tsx'
import { fromMlflowAddress } from './shell/mlflow-address.ts'
import { applyTheme } from './shell/theme.ts'

applyTheme()
const moved = fromMlflowAddress(location.hash)
if (moved !== undefined) history.replaceState(null, '', moved)

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.problem.kind === 'unavailable',
    },
  },
})

createRoot(document.getElementById('root')!).render(
  <QueryClientProvider client={client}>
    <RouterProvider router={createPageRouter()} />
  </QueryClientProvider>,
)
