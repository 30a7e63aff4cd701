import { BatonError, type ErrorPlace, InternalError } from '../../kernel/errors.ts'
import { shownCommand, shownPath } from './place.ts'
import { paint, type Screen, shortenPaths } from './screen.ts'
import { escapeControls } from './text-width.ts'

/** Any thrown value as an error with a code; what we did not foresee is our own fault. */
export function toBatonError(thrown: unknown): BatonError {
  if (thrown instanceof BatonError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new InternalError(message, thrown)
}

function formatPlace(screen: Screen, place: ErrorPlace): string {
  const file = place.file === undefined ? undefined : shownPath(screen, escapeControls(place.file))
  const position = [file, place.line, place.column].filter((part) => part !== undefined)
  const parts = [position.join(':')]
  if (file === undefined) parts[0] = placeInText(place)
  if (place.row !== undefined) parts.push(`row ${place.row}`)
  if (place.field !== undefined) {
    parts.push(`${file?.endsWith('.ts') === true ? 'field' : 'column'} ${escapeControls(place.field)}`)
  }
  return parts.filter((part) => part !== '').join(', ')
}

/** Of a text without a file, such as a filter that was typed. */
function placeInText({ line, column }: ErrorPlace): string {
  const parts = [line === undefined ? '' : `line ${line}`, column === undefined ? '' : `character ${column}`]
  return parts.filter((part) => part !== '').join(', ')
}

/** Escapes user data but keeps the line breaks of a message that was written in lines. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n  ')
}

/** What happened, where, why, what to do, then the code; the stack only when it was asked for. */
export function formatError(screen: Screen, error: BatonError, options: { debug: boolean }): string {
  const place = error.where === undefined ? '' : formatPlace(screen, error.where)
  const say = (text: string) => shortenPaths(screen, escapeLines(text))
  const lines = [`${paint(screen, 'red', 'error')}  ${say(error.message)}`]
  if (place !== '') lines.push(`  ${paint(screen, 'dim', 'where')}  ${place}`)
  if (error.why !== undefined) lines.push(`  ${paint(screen, 'dim', 'why')}    ${say(error.why)}`)
  lines.push(`  ${paint(screen, 'dim', 'do')}     ${shownCommand(screen, say(error.hint))}`)
  lines.push(`  ${paint(screen, 'dim', 'code')}   ${error.code}`)
  if (options.debug) {
    lines.push('', error.stack ?? '')
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) lines.push(`caused by ${cause.stack}`)
  }
  return lines.join('\n')
}

/** The same facts for `--json`. */
export function errorToJson(error: BatonError): { readonly error: ReturnType<BatonError['toJSON']> } {
  return { error: error.toJSON() }
}
