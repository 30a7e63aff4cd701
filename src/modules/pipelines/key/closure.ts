import { relative, sep } from 'node:path'

import { type Digest, digestValue } from '../../../kernel/hash.ts'
import type { KeyPart } from '../step-kind.ts'
import type { ModuleImports } from './module-imports.ts'

/** What following code needs. */
export interface ClosureContext {
  readonly projectRoot: string
  readonly digestFile: (path: string) => Promise<Digest>
  /** Without a lockfile each imported package becomes a part of its own. */
  readonly hasLockfile: boolean
  /** What texts import, by digest and path: true for ever. */
  readonly imports: Map<string, ModuleImports>
}

/** A path as a person knows it: relative to the project, with forward slashes. */
export function projectPath(ctx: { readonly projectRoot: string }, path: string): string {
  return relative(ctx.projectRoot, path).split(sep).join('/')
}

export async function filePart(
  ctx: Pick<ClosureContext, 'projectRoot' | 'digestFile'>,
  path: string,
): Promise<KeyPart> {
  return { name: `code ${projectPath(ctx, path)}`, digest: await ctx.digestFile(path) }
}

/** A file that is named but not there: its coming would change the step. */
export function missingPart(ctx: { readonly projectRoot: string }, path: string): KeyPart {
  return { name: `code ${projectPath(ctx, path)}`, digest: digestValue('missing-file/1', null), detail: 'missing' }
}
