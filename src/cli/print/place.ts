import { existsSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'

import { type Screen, shortenPaths } from './screen.ts'

/** A path as the reader can open it from where they stand; what is no path of the project stays as it is. */
export function shownPath(screen: Screen, text: string): string {
  const { project, folder } = screen
  if (isAbsolute(text) || project === undefined || folder === undefined || folder === project.root) {
    return shortenPaths(screen, text)
  }
  const path = join(project.root, text)
  return text !== '' && existsSync(path) ? relative(folder, path) : shortenPaths(screen, text)
}

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const commandStart =
  /\bbaton (?=(?:run|explain|reproduce|verify|predict|config|runs|data|models|deliveries|test|up|users|tokens)\b)/g

/** Commands in a text with the project that this call named, so that they can be typed from where the reader stands. */
export function shownCommand({ project }: Screen, text: string): string {
  if (project?.given === undefined) return text
  return text.replaceAll(commandStart, `baton --project ${shellWord(project.given)} `)
}
