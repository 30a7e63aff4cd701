import { type Config, withoutPassword } from '../../config/index.ts'
import { defineAction } from '../command.ts'
import { formatTable } from '../print/table.ts'

interface SettingLine {
  readonly setting: string
  readonly value: unknown
  readonly origin: Config['origins'][keyof Config['origins']]
}

interface Printed {
  readonly project: string
  readonly settings: readonly SettingLine[]
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

export const configAction = defineAction<Printed>({
  async run(shell) {
    const config = await shell.config()
    const names = Object.keys(config.settings) as (keyof Config['settings'])[]
    return {
      project: config.root,
      settings: names.map((setting) => ({
        setting,
        value: setting === 'database' ? withoutPassword(config.settings[setting]) : config.settings[setting],
        origin: config.origins[setting],
      })),
    }
  },
  text(data, screen) {
    const table = formatTable(
      screen,
      [
        { title: 'setting', value: (line: SettingLine) => line.setting, whole: true },
        { title: 'value', value: (line: SettingLine) => valueText(line.value), whole: true },
        { title: 'from', value: (line: SettingLine) => line.origin.name || line.origin.layer },
      ],
      data.settings,
    )
    return `project  ${data.project}\n\n${table}`
  },
})
