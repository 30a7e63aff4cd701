import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'

import { InvalidArtifactPathError } from '../errors.ts'

const longestSegmentBytes = 255
const longestPathBytes = 3072

/** The names of a path, checked; `''` is the store itself when `root` allows it. */
export function segmentsOf(path: string, options: { readonly root: boolean }): readonly string[] {
  if (path === '' && options.root) return []
  const segments = path.split('/')
  const plain = segments.every(
    (name) =>
      name !== '' &&
      name !== '.' &&
      name !== '..' &&
      Buffer.byteLength(name) <= longestSegmentBytes &&
      // Control characters, and the separator of Windows.
      // oxlint-disable-next-line no-control-regex
      !/[\u0000-\u001f\u007f\\]/u.test(name),
  )
  if (!plain || Buffer.byteLength(path) > longestPathBytes || !path.isWellFormed()) {
    throw new InvalidArtifactPathError(path)
  }
  return segments
}

/**
 * The file or folder of a path under the root. Refuses a path on which a link lies: the store makes none, so somebody
 * else has put it there to lead out.
 */
export function placeOf(root: string, segments: readonly string[]): string {
  let place = root
  for (const name of segments) {
    place = join(place, name)
    // In memory nearly always, and then quicker than a turn through the thread pool.
    const state = stateOf(place)
    if (state === undefined) return join(root, ...segments)
    if (state.isSymbolicLink()) throw new InvalidArtifactPathError(segments.join('/'))
  }
  return place
}

/** What is at this place, itself and not what it links to; undefined when nothing is. */
export function stateOf(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false })
  } catch (error) {
    // A name below a file: nothing is there.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}
