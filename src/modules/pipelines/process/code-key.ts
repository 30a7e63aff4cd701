import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'

import { digestValue } from '../../../kernel/hash.ts'
import type { CodeReference } from '../graph.ts'
import { filePart } from '../key/closure.ts'
import { findNodeLocks, nodeEnvironment, pythonEnvironment, type PythonFacts } from '../key/environment.ts'
import { isModule, resolveImport } from '../key/resolve-module.ts'
import { followModules } from '../key/typescript-closure.ts'
import type { KeyPart, PlanContext } from '../step-kind.ts'
import { toInlineModule } from './inline-module.ts'
import { findPython, readPythonFacts } from './interpreter.ts'
import type { CodeContext } from './process-context.ts'

/** The parts of a key that stand for the user's code and what it runs in. */
export type CodeKey = (code: CodeReference, plan: PlanContext) => Promise<readonly KeyPart[]>

/** Makes the function that other step kinds with user code use for their keys; an interpreter is asked once. */
export function createCodeKey(ctx: CodeContext): CodeKey {
  const facts = new Map<string, Promise<PythonFacts>>()

  async function pythonParts(plan: PlanContext): Promise<readonly KeyPart[]> {
    const python = findPython(ctx)
    const pending = facts.get(python) ?? readPythonFacts(ctx, python)
    facts.set(python, pending)
    return pythonEnvironment(plan, await pending)
  }

  const passed = (plan: PlanContext): readonly KeyPart[] =>
    (ctx.passEnv ?? []).map((name) => {
      const value = plan.env(name)
      return {
        name: `env ${name}`,
        digest: digestValue('env/1', value ?? null),
        detail: value === undefined ? 'not set' : 'set',
      }
    })

  return async (code, plan) => [...(await codeParts(code, plan)), ...passed(plan)]

  async function codeParts(code: CodeReference, plan: PlanContext): Promise<readonly KeyPart[]> {
    switch (code.language) {
      case 'typescript':
        return [...(await plan.codeParts(code.file)), ...(await nodeEnvironment(plan))]
      case 'inline':
        return [...(await inlineParts(code, plan)), ...(await nodeEnvironment(plan))]
      case 'python': {
        const args: KeyPart = {
          name: 'code arguments',
          digest: digestValue('arguments/1', code.args),
          detail: code.args.join(' '),
        }
        const named = await namedFiles(code.args, plan)
        return unique([...(await plan.codeParts(code.file)), args, ...named, ...(await pythonParts(plan))])
      }
      case 'shell': {
        const detail = code.command.length > 80 ? `${code.command.slice(0, 77)}…` : code.command
        const command: KeyPart = { name: 'code command', digest: digestValue('command/1', code.command), detail }
        return unique([command, ...(await namedFiles(wordsOf(code.command), plan))])
      }
    }
  }
}

/** The words of a command that may name a file it reads: not those that it redirects its output to. */
function wordsOf(command: string): readonly string[] {
  return command.replaceAll(/>{1,2}\|?\s*[^\s;&|<>()]+/g, ' ').split(/[\s;&|<>()'"`$=]+/)
}

async function inlineParts(
  code: Extract<CodeReference, { language: 'inline' }>,
  plan: PlanContext,
): Promise<readonly KeyPart[]> {
  const path = resolve(plan.projectRoot, code.file)
  const { text, specifiers } = await toInlineModule(readFileSync(path, 'utf8'), path, code.source)
  const own: KeyPart = { name: `code ${code.file} (function)`, digest: digestValue('inline-code/1', text) }
  const closure = {
    projectRoot: plan.projectRoot,
    digestFile: plan.digestFile,
    hasLockfile: findNodeLocks(plan.projectRoot).length > 0,
    imports: new Map(),
  }
  return unique([
    own,
    ...(await followModules(
      closure,
      specifiers.map((specifier) => resolveImport(specifier, path)),
    )),
  ])
}

/** The files of the project that a command line names, with what they import. */
async function namedFiles(words: readonly string[], plan: PlanContext): Promise<readonly KeyPart[]> {
  const paths = words.map((word) => resolve(plan.projectRoot, word)).filter((path) => isOwnFile(path, plan.projectRoot))
  const parts = await Promise.all(
    [...new Set(paths)].map(async (path) =>
      isModule(path) || path.endsWith('.py') ? plan.codeParts(path) : [await filePart(plan, path)],
    ),
  )
  return parts.flat()
}

function isOwnFile(path: string, root: string): boolean {
  const inside = relative(root, path)
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return false
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function unique(parts: readonly KeyPart[]): readonly KeyPart[] {
  return [...new Map(parts.map((part) => [part.name, part])).values()]
}
