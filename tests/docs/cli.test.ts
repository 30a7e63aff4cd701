import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { commandGroups, commands } from '../../src/cli/commands/index.ts'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { configSchema, environmentName, settingNames } from '../../src/config/index.ts'

const docs = join(import.meta.dirname, '..', '..', 'docs')
const page = readFileSync(join(docs, 'cli.md'), 'utf8')

/** The part of the page under a heading of the third level. */
function sectionOf(heading: string): string {
  const begin = page.indexOf(`### \`${heading}\`\n`)
  if (begin < 0) return ''
  const end = page.indexOf('\n### ', begin)
  return page.slice(begin, end < 0 ? undefined : end)
}

describe('docs/cli.md', () => {
  it.each(commands.map((command) => [command.name, command] as const))('documents baton %s', (_, command) => {
    const section = sectionOf(['baton', command.name, command.args].filter((part) => part !== undefined).join(' '))
    expect(section).toContain(command.summary)
    for (const example of command.examples) expect(section).toContain(`\n${example}\n`)
    for (const option of command.options ?? []) expect(section).toContain(`| \`${option.flags}\` | ${option.summary} |`)
  })

  it('documents no command or option that is not there', () => {
    const headings = [...page.matchAll(/^### `baton (.*)`$/gm)].map((match) => match[1])
    expect(headings).toEqual(commands.map(({ name, args }) => (args === undefined ? name : `${name} ${args}`)))
    const flags = [...page.matchAll(/^\| `(-.*?)` \|/gm)].map((match) => match[1])
    const program = buildProgram(() => undefined)
    const known = [
      ...program.options.map((option) => option.flags),
      ...commands.flatMap((each) => (each.options ?? []).map((option) => option.flags)),
    ]
    expect(flags.filter((flag) => !known.includes(flag!))).toEqual([])
    for (const option of program.options) expect(flags).toContain(option.flags)
    for (const group of Object.keys(commandGroups)) expect(page).toContain(`**\`baton ${group}\`**`)
  })

  it('lists every exit code', () => {
    const listed = [...page.matchAll(/^\| (\d+) \| /gm)].map((match) => Number(match[1]))
    expect(listed).toEqual([0, ...Object.values(exitCodes)].toSorted((a, b) => a - b))
  })

  it('has examples that are commands: every word of them is known', () => {
    for (const { examples, name } of commands) {
      for (const example of examples) {
        let called: string | undefined
        const words = [...example.replace(/^\w+="[^"]*" /, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
          (match) => match[1] ?? match[2]!,
        )
        buildProgram((spec) => (called = spec.name)).parse(words.slice(1), { from: 'user' })
        expect([example, called]).toEqual([example, name])
      }
    }
  })
})

describe('docs/configuration.md', () => {
  const text = readFileSync(join(docs, 'configuration.md'), 'utf8')

  it.each([...settingNames])('documents %s as the schema does', (setting) => {
    const line = text.split('\n').find((each) => each.startsWith(`| \`${setting}\` |`))
    expect(line).toContain(`\`${environmentName(setting)}\``)
    expect(line).toContain(configSchema.shape[setting].description!)
  })

  it('documents no setting that is not there', () => {
    const listed = [...text.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1])
    expect(listed).toEqual(settingNames)
  })
})
