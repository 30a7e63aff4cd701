import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { BatonError, type ErrorPlace } from '../kernel/errors.ts'

const frame = /(file:\/\/\/?[^\s()]+?|\/[^\s()]+?):(\d+)(?::(\d+))?(?=[)\s]|$)/g

/** The first place in the project's own files that an error's stack names. */
export function userPlace(error: unknown, root: string): ErrorPlace | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const [, file = '', line, column] of stack.matchAll(frame)) {
    const path = file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file
    if (!path.startsWith(join(root, '/')) || path.includes('/node_modules/')) continue
    return {
      file: relative(root, path),
      line: Number(line),
      ...(column === undefined ? {} : { column: Number(column) }),
    }
  }
  return undefined
}

/** The same error with the line of the user's code that led to it, where it did not say one itself. */
export function withUserPlace(error: BatonError, root: string): BatonError {
  const { where } = error
  const place = where?.line === undefined ? userPlace(error, root) : undefined
  if (place === undefined || (where?.file !== undefined && where.file !== place.file)) return error
  const placed = new BatonError({ ...error.toJSON(), where: { ...where, ...place }, cause: error })
  placed.name = error.name
  return placed
}
