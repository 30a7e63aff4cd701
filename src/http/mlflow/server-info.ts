import { z } from 'zod'

import { mlflowRoute } from './route.ts'

/** What MLflow's clients and page ask about the server itself. */
export const serverRoutes = [
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/server-info',
    summary: 'What this server offers',
    request: z.object({}),
    answer: () => ({ store_type: 'SqlStore', workspaces_enabled: false, trace_archival_enabled: false }),
  }),
  mlflowRoute({
    methods: ['GET', 'POST'],
    path: '/mlflow/ui-telemetry',
    summary: 'Telemetry of the page: none',
    request: z.object({}),
    answer: () => ({ disable_ui_telemetry: true, disable_ui_events: [], ui_rollout_percentage: 0, status: 'disabled' }),
  }),
]
