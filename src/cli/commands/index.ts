import type { CommandSpec } from '../command.ts'
import { accessCommands } from './access.ts'
import { dataCommands } from './data.ts'
import { deliveriesCommands } from './deliveries.ts'
import { importCommands } from './import.ts'
import { modelsCommands } from './models.ts'
import { projectCommands } from './project.ts'
import { runCommands } from './run.ts'
import { runsCommands } from './runs.ts'
import { upCommands } from './up.ts'

/** Every command, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  ...runCommands,
  ...runsCommands,
  ...dataCommands,
  ...modelsCommands,
  ...deliveriesCommands,
  ...importCommands,
  ...upCommands,
  ...accessCommands,
  ...projectCommands,
]

/** The nouns that gather commands. */
export const commandGroups: Readonly<Record<string, string>> = {
  runs: 'What was run, with all that was recorded',
  data: 'Datasets and their versions',
  models: 'The registry of models',
  deliveries: 'What was sent to others, and what was not',
  import: 'Bring in what other tools have recorded',
  users: 'Who may sign in to the server, and as what',
  tokens: 'Secrets that scripts and notebooks sign in with',
}
