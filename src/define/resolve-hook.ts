import { registerHooks } from 'node:module'

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const doors: Readonly<Record<string, string>> = {
  'baton-ml': new URL(`../index.${extension}`, import.meta.url).href,
  'baton-ml/testing': new URL(`../testing/index.${extension}`, import.meta.url).href,
}

let registered = false

/**
 * Lets a user's file anywhere `import … from 'baton-ml'` without an installation of its own: the name means
 * the Baton that is running. Called by the command line and by the host of a TypeScript step; once is enough.
 */
export function registerResolveHook(): void {
  if (registered) return
  registered = true
  registerHooks({
    resolve(specifier, context, next) {
      const door = doors[specifier]
      return door === undefined ? next(specifier, context) : { url: door, shortCircuit: true }
    },
  })
}
