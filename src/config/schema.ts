import { z } from 'zod'

import { isPostgresUrl } from './database-url.ts'
import { parseSize } from './sizes.ts'

const size = z.string().refine(
  (text) => {
    const bytes = parseSize(text)
    return bytes !== undefined && bytes >= 64e6
  },
  { message: 'a size of at least 64 MB, such as "512 MB"' },
)

/** The settings of a project, as `baton.config.ts` writes them. One sentence each; docs/configuration.md has the same. */
export const configSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
      'letters, digits, ".", "_" and "-", at most 100, beginning with a letter or digit',
    )
    .describe('The name of the project, as reports and records show it.'),
  store: z
    .string()
    .min(1, 'the path of a folder')
    .describe('The folder of everything that Baton keeps, relative to the project.'),
  database: z
    .string()
    .refine((text) => text === 'sqlite' || isPostgresUrl(text), {
      message: '"sqlite", or a URL as postgres://USER:PASSWORD@HOST:5432/DATABASE',
    })
    .describe('Where runs, models and cache keys are kept: a file in the store, or a PostgreSQL database.'),
  memoryLimit: size.describe('How much memory the table engine may use before it spills to disk.'),
  jobs: z
    .int('a whole number from 1 to 256')
    .min(1, 'a whole number from 1 to 256')
    .max(256, 'a whole number from 1 to 256')
    .describe('How many steps may run at the same time.'),
  python: z.string().min(1, 'a command or a path').describe('The Python that runs Python steps.'),
  passEnv: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'names of environment variables'))
    .describe('Environment variables that process steps may see beside PATH, HOME and their own.'),
  auth: z.boolean().describe('Whether who reaches the server has to sign in; without it only this machine may.'),
})

export type Settings = z.infer<typeof configSchema>
/** What a user may write in `baton.config.ts`: every setting has a default. */
export type ConfigInput = { readonly [Key in keyof Settings]?: Settings[Key] }
export type SettingName = keyof Settings

export const settingNames = Object.keys(configSchema.shape) as readonly SettingName[]

/** `memoryLimit` is `BATON_MEMORY_LIMIT` in the environment. */
export function environmentName(setting: SettingName): string {
  return `BATON_${setting.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}
