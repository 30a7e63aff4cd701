import { resolve } from 'node:path'

import type { Digest } from '../../../kernel/hash.ts'

import { UnknownStepKindError } from '../errors.ts'
import type { Graph, OutputRef, StepNode } from '../graph.ts'
import type { ClosureContext } from '../key/closure.ts'
import { findNodeLocks } from '../key/environment.ts'
import { type FileDigests, openFileDigests } from '../key/file-digests.ts'
import type { ModuleImports } from '../key/module-imports.ts'
import { pythonClosure } from '../key/python-closure.ts'
import { computeStepKey, type StepKey } from '../key/step-key.ts'
import { typescriptClosure } from '../key/typescript-closure.ts'
import type { KeyPart, PlanContext, StepKind } from '../step-kind.ts'
import type { PipelinesContext } from './context.ts'
import { diffParts, type RunReason } from './reason.ts'
import { type CacheEntry, findKeyParts, listEntries, listLatestKeys } from './step-cache.ts'

/** What will become of a step whose inputs are known. */
export type Decision =
  | { readonly state: 'hit'; readonly key: StepKey; readonly entry: CacheEntry }
  | { readonly state: 'run'; readonly key: StepKey; readonly reason: RunReason; readonly entry: CacheEntry | undefined }

export type Inputs = Readonly<Record<string, OutputRef>>

/** Plans the steps of one graph, asking the database and the file system as little as it can. */
export interface Planner {
  readonly graph: Graph
  kindOf(node: StepNode): StepKind
  key(node: StepNode, inputs: Inputs): Promise<StepKey>
  decide(node: StepNode, inputs: Inputs, options?: { readonly force?: boolean }): Promise<Decision>
  /** The key of the step's last good run. */
  latestKey(step: string): Digest | undefined
  /** Something ran: files may have changed since they were looked at. */
  forget(): void
  /** Keeps the digests of files for the next process. */
  save(): Promise<void>
}

/** Reads what earlier runs of this pipeline left, in three queries. */
export async function openPlanner(ctx: PipelinesContext, graph: Graph): Promise<Planner> {
  const kinds = new Map(ctx.kinds.map((kind) => [kind.kind, kind]))
  const files = await openFileDigests(ctx)
  const imports = new Map<string, ModuleImports>()
  const latest = await listLatestKeys(ctx, graph.pipeline)
  const entries = new Map<Digest, CacheEntry>()
  const present = new Map<Digest, readonly string[]>()
  await learn(await listEntries(ctx, [...latest.values()]))
  let plan = createPlanContext(ctx, graph, files, imports)

  /** Takes entries in, with the names of their outputs that the store no longer has. */
  async function learn(found: readonly CacheEntry[]): Promise<void> {
    const all = found.flatMap((entry) => Object.entries(entry.outputs).map(([name, ref]) => ({ entry, name, ref })))
    const answers = all.length === 0 ? [] : await ctx.outputsPresent(all.map(({ ref }) => ref))
    for (const entry of found) {
      entries.set(entry.key, entry)
      present.set(entry.key, [])
    }
    for (const [index, { entry, name }] of all.entries()) {
      if (answers[index] !== true) present.set(entry.key, [...present.get(entry.key)!, name])
    }
  }

  function kindOf(node: StepNode): StepKind {
    const kind = kinds.get(node.kind)
    if (kind === undefined) throw new UnknownStepKindError(node.name, node.kind, [...kinds.keys()])
    return kind
  }

  async function reasonOf(step: string, key: StepKey, entry: CacheEntry | undefined): Promise<RunReason> {
    if (key.uncacheable.length > 0) return { why: 'uncacheable', reasons: key.uncacheable }
    if (entry) return { why: 'output_missing', outputs: present.get(key.key) ?? [] }
    const last = latest.get(step)
    if (last === undefined) return { why: 'first_run' }
    if (last === key.key) return { why: 'result_not_kept' }
    return { why: 'changed', changes: diffParts((await findKeyParts(ctx, last)) ?? [], key.parts) }
  }

  const planner: Planner = {
    graph,
    kindOf,
    key: (node, inputs) => computeStepKey(kindOf(node), node, inputs, plan),
    async decide(node, inputs, { force = false } = {}) {
      const key = await planner.key(node, inputs)
      if (key.uncacheable.length === 0 && !entries.has(key.key) && latest.get(node.name) !== key.key) {
        await learn(await listEntries(ctx, [key.key]))
      }
      const entry = entries.get(key.key)
      if (force) return { state: 'run', key, reason: { why: 'forced' }, entry }
      if (entry && present.get(key.key)?.length === 0) return { state: 'hit', key, entry }
      return { state: 'run', key, reason: await reasonOf(node.name, key, entry), entry }
    },
    latestKey: (step) => latest.get(step),
    forget() {
      files.forget()
      plan = createPlanContext(ctx, graph, files, imports)
    },
    save: () => files.save(),
  }
  return planner
}

/** What step kinds see while planning; code closures are followed once for each file. */
function createPlanContext(
  ctx: PipelinesContext,
  graph: Graph,
  files: FileDigests,
  imports: Map<string, ModuleImports>,
): PlanContext {
  const closure: ClosureContext = {
    projectRoot: ctx.projectRoot,
    digestFile: (path) => files.digest(path),
    hasLockfile: findNodeLocks(ctx.projectRoot).length > 0,
    imports,
  }
  const followed = new Map<string, Promise<readonly KeyPart[]>>()
  return {
    graph,
    projectRoot: ctx.projectRoot,
    env: ctx.env,
    digestFile: closure.digestFile,
    codeParts(file) {
      const path = resolve(ctx.projectRoot, file)
      const follow = path.endsWith('.py') ? pythonClosure : typescriptClosure
      const pending = followed.get(path) ?? follow(closure, path)
      followed.set(path, pending)
      return pending
    },
  }
}
