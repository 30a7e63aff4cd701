import { isAbsolute, relative } from 'node:path'

/** Where data came from, as the project writes it: a file of the project without the folder of this machine. */
export function sourcePlace(root: string, source: string): string {
  if (!isAbsolute(source)) return source
  const within = relative(root, source)
  return within.startsWith('..') || isAbsolute(within) ? source : within
}
