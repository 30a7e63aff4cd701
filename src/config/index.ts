export { withoutPassword } from './database-url.ts'
export type { Environment, ReadEnvironment } from './environment.ts'
export { loadConfig, type Config, type LoadConfigOptions, type SettingOrigin } from './load.ts'
export { configSchema, environmentName, type SettingName, type Settings, settingNames } from './schema.ts'
