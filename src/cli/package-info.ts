import { readFileSync } from 'node:fs'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** Where this installation of Baton is: the folder with its package.json. */
export const packageFolder = new URL('../../', import.meta.url)

/** The manifest of this installation. */
export function packageManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8')) as Manifest
}

export function packageVersion(): string {
  return packageManifest().version
}
