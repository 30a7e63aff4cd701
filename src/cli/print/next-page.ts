import type { Page } from '../../kernel/page.ts'
import type { CommandInput } from '../input.ts'
import { shellWord, shownCommand } from './place.ts'
import type { Screen } from './screen.ts'

const globalOptions = new Set(['json', 'quiet', 'debug', 'project', 'after'])

/** The options of a call as they would be typed again. */
function typedOptions({ options }: CommandInput): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (globalOptions.has(name)) return []
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    if (value === true) return [flag]
    return typeof value === 'string' ? [`${flag} ${shellWord(value)}`] : []
  })
}

/** The command that shows the page after this one; nothing after the last. */
export function nextPage(
  screen: Screen,
  page: Page<unknown>,
  call: { readonly command: string; readonly input: CommandInput },
): string {
  if (page.next === undefined) return ''
  const words = [call.command, ...typedOptions(call.input), `--after ${shellWord(page.next)}`]
  return `\n\nThere are more: ${shownCommand(screen, words.join(' '))}`
}
