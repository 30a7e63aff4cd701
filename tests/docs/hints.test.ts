import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { commandGroups, commands } from '../../src/cli/commands/index.ts'
import { buildProgram } from '../../src/cli/program.ts'

const source = join(import.meta.dirname, '..', '..', 'src')
/** Names inside SQL that only look like a call. */
const columns = new Set(['target', 'heuristic'])
/** Flags of other programs that a hint may name. */
const foreign = new Set(['--all'])

const texts = globSync('**/*.ts', { cwd: source })
  .filter((file) => !/\.(test|fixture)\.ts$/.test(file))
  .map((file) => [file, readFileSync(join(source, file), 'utf8')] as const)

/** The sentences that tell a user what to do, by file. */
const hints = texts.flatMap(([file, text]) =>
  [...text.matchAll(/^.*(?:\bhint\b|['"`].*\bbaton [a-z]).*$/gm)].map((match) => [file, match[0]] as const),
)

it('a hint names no option that Baton does not have', () => {
  const program = buildProgram(() => undefined)
  const own = [...program.options.map((option) => option.flags), '--help', '--no-header']
  const flags = [...own, ...commands.flatMap((command) => (command.options ?? []).map((option) => option.flags))]
  const known = new Set([...foreign, ...flags.flatMap((text) => text.match(/--[a-z-]+/g) ?? [])])
  const named = hints.flatMap(([file, text]) =>
    [...text.matchAll(/[\s"'`(](--[a-z][a-z-]+)/g)].map((match) => `${file}: ${match[1]}`),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((place) => !known.has(place.split(': ')[1]!))).toEqual([])
})

it('a hint in quotes names no command that Baton does not have', () => {
  const groups = Object.keys(commandGroups)
  const known = new Set(commands.map(({ name }) => name))
  const named = hints.flatMap(([file, text]) =>
    [...text.matchAll(/["`]baton ([a-z]+)(?: ([a-z]+))?/g)].map(([, first, second]) => {
      const isGroup = groups.includes(first!) && second !== undefined
      return [file, isGroup ? `${first} ${second}` : first!] as const
    }),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(([, name]) => !known.has(name) && !groups.includes(name) && !columns.has(name))).toEqual([])
})
