import type { AppContexts } from './contexts.ts'
import type { CliApp } from '../cli/app-interface.ts'
import { listDeliveries } from '../modules/serving/index.ts'

/** What `baton deliveries …` calls. */
export function deliveryCommands({ tracking }: AppContexts): Pick<CliApp, 'listDeliveries'> {
  return { listDeliveries: (filter) => listDeliveries(tracking, filter) }
}
