import type { AppContexts } from './contexts.ts'
import { accessCommands } from './access-commands.ts'
import { datasetCommands } from './dataset-commands.ts'
import { deliveryCommands } from './delivery-commands.ts'
import { importCommand } from './import.ts'
import { measureCommand } from './measure.ts'
import { modelCommands } from './model-commands.ts'
import { reproduceCommand } from './reproduce.ts'
import { runCommands } from './run-commands.ts'
import { verifyCommand } from './verify.ts'

/** What the commands call beside running a pipeline; loaded when one of them is needed. */
export function projectCommands(contexts: AppContexts) {
  return {
    ...runCommands(contexts),
    ...measureCommand(contexts),
    ...datasetCommands(contexts),
    ...modelCommands(contexts),
    ...deliveryCommands(contexts),
    ...accessCommands(contexts),
    ...reproduceCommand(contexts),
    ...verifyCommand(contexts),
    ...importCommand(contexts),
  }
}
