import type { ConfigInput } from './schema.ts'

export type { ConfigInput } from './schema.ts'

/** The settings of a project; the default export of `baton.config.ts`. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
