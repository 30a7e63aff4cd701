import type { TrainingTable } from '../data/training-table.ts'
import { Arena } from './arena.ts'
import { type BinnedTable, type BinRules, bytesOf, type FeatureBins, learnCategoryBins } from './binned-table.ts'
import { writeCategoryBins } from './bins.ts'
import type { Call } from './calls.ts'
import type { ModelFeature } from '../fitted-model.ts'
import { createKernel, type Kernel, type SharedMemory } from './kernel.ts'
import { createTeam, type Team } from './team.ts'

/** Bytes of one group's histogram: 4 features × 256 bins × (gradient, hessian) × 8. */
const GROUP_BYTES = 16_384
/** Room for the 254 limits of a column. */
const LIMITS_BYTES = 1024
/** Below this many additions a histogram is not worth waking another thread. */
const SHARED_WORK = 30_000
const SHARED_PARTITION_ROWS = 60_000
/** Rows of one piece of row-wise work. Fixed, so that sums do not depend on the number of threads. */
export const CHUNK_ROWS = 65_536
/** Values in a table from which on a second thread pays for its start. */
const HELPED_VALUES = 1_000_000

/** All arrays of one training in one shared memory, with the threads that work on it. */
export interface Workspace {
  readonly arena: Arena
  readonly kernel: Kernel
  readonly team: Team
  readonly table: BinnedTable
  readonly rules: BinRules
  /** Row numbers; the rows of each leaf lie together. */
  readonly rows: Int32Array
  readonly scores: Float32Array
  readonly pairs: Float32Array
  /** Three float64 for each chunk of rows: Σ loss, Σ gradients, Σ hessians. */
  readonly sums: Float64Array
  readonly address: {
    readonly target: number
    /** 0: no weights. */
    readonly weight: number
    readonly flags: number
    readonly spare: number
    readonly leafPairs: number
  }
  readonly freeHistograms: Histograms[]
}

/** Histograms of all features of one leaf: 512 float64 each, by feature. */
export interface Histograms {
  readonly address: number
  readonly values: Float64Array
}

export interface WorkspaceOptions {
  readonly maxBins: number
  readonly seed: number
  /** Threads beside the calling one, when the table is large enough to pay for them. */
  readonly helpers: number
}

/** Learns the bins of a table and copies it into a new workspace. Close its team when training ends. */
export function createWorkspace(table: TrainingTable, options: WorkspaceOptions): Workspace {
  const arena = new Arena()
  const { rows } = table
  const floats = (length: number): Float32Array => {
    const address = arena.allocate(length * 4)
    return new Float32Array(arena.memory.buffer, address, length)
  }
  const target = floats(rows)
  target.set(table.target)
  const weight = table.weight === undefined ? undefined : floats(rows)
  if (table.weight !== undefined) weight?.set(table.weight)
  const groups = Array.from({ length: Math.ceil(table.features.length / 4) }, () => {
    const address = arena.allocate(rows * 4)
    return new Uint32Array(arena.memory.buffer, address, rows)
  })
  const rowsAddress = arena.allocate(rows * 4)
  const scores = floats(rows)
  const pairs = floats(2 * rows)
  const sumsLength = 3 * Math.ceil(rows / CHUNK_ROWS)
  const sumsAddress = arena.allocate(sumsLength * 8)
  const address = {
    target: target.byteOffset,
    weight: weight?.byteOffset ?? 0,
    flags: arena.allocate(256),
    spare: arena.allocate(rows * 4),
    leafPairs: arena.allocate(rows * 8),
  }
  const limits = arena.allocate(table.features.length * LIMITS_BYTES)
  const { memory } = arena
  const helpers = rows * table.features.length >= HELPED_VALUES ? options.helpers : 0
  const columns = table.features.map((column) => (column.kind === 'numeric' ? column.values : undefined))
  const team = createTeam(memory, columns, helpers)
  const binned = { rows, groups }
  return {
    arena,
    kernel: createKernel(memory),
    team,
    table: binned,
    rules: binColumns(table, binned, { ...options, team, limits, memory }),
    rows: new Int32Array(memory.buffer, rowsAddress, rows),
    scores,
    pairs,
    sums: new Float64Array(memory.buffer, sumsAddress, sumsLength),
    address,
    freeHistograms: [],
  }
}

/** Learns the bins of all columns and writes them, the numeric columns on all threads. */
function binColumns(
  table: TrainingTable,
  binned: BinnedTable,
  at: WorkspaceOptions & { readonly team: Team; readonly limits: number; readonly memory: SharedMemory },
): BinRules {
  const { team, maxBins, seed } = at
  const limitsOf = (feature: number): number => at.limits + feature * LIMITS_BYTES
  const numeric = Array.from(table.features.keys()).filter((feature) => table.features[feature]!.kind === 'numeric')
  const counts = team.run(
    numeric.map((feature): Call => {
      const bytes = binned.groups[feature >> 2]!.byteOffset + (feature & 3)
      return ['binColumn', feature, maxBins, seed + feature, limitsOf(feature), bytes]
    }),
  )
  const features: ModelFeature[] = []
  const bins = table.features.map((column, feature): FeatureBins => {
    if (column.kind === 'numeric') {
      features.push({ name: column.name, kind: 'numeric', type: column.type })
      const count = counts[numeric.indexOf(feature)]!
      return { kind: 'numeric', limits: new Float32Array(at.memory.buffer, limitsOf(feature), count).slice() }
    }
    const learned = learnCategoryBins(column, maxBins)
    features.push(learned.feature)
    writeCategoryBins(column.codes, learned.bins.binOfCode, bytesOf(binned.groups[feature >> 2]!), feature & 3)
    return learned.bins
  })
  return { features, bins }
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Histograms of the leaf's rows over some groups; the others stay undefined. */
export function startHistograms(workspace: Workspace, groups: readonly number[], leaf: Range): Histograms {
  const { table, pairs, address, kernel, team } = workspace
  const { start, end } = leaf
  const histograms = workspace.freeHistograms.pop() ?? allocateHistograms(workspace)
  histograms.values.fill(0)
  const rows = workspace.rows.byteOffset
  const shared = (end - start) * groups.length >= SHARED_WORK
  if (!shared) {
    kernel.gather(rows, start, end, pairs.byteOffset, address.leafPairs)
    for (const group of groups) {
      const words = table.groups[group]!.byteOffset
      kernel.accumulate(histograms.address + group * GROUP_BYTES, words, rows, start, end, address.leafPairs)
    }
    return histograms
  }
  team.run(
    chunksOf(leaf).map((chunk): Call => ['gather', rows, chunk.start, chunk.end, pairs.byteOffset, address.leafPairs]),
  )
  team.run(
    groups.map((group): Call => {
      const words = table.groups[group]!.byteOffset
      return ['accumulate', histograms.address + group * GROUP_BYTES, words, rows, start, end, address.leafPairs]
    }),
  )
  return histograms
}

function allocateHistograms({ arena, table }: Workspace): Histograms {
  const sizeBytes = table.groups.length * GROUP_BYTES
  const address = arena.allocate(sizeBytes)
  return { address, values: new Float64Array(arena.memory.buffer, address, sizeBytes / 8) }
}

/** parent − child in place of the parent: the histograms of the other child. */
export function subtractHistograms({ kernel, table }: Workspace, parent: Histograms, child: Histograms): void {
  kernel.subtract(parent.address, child.address, table.groups.length * GROUP_BYTES)
}

export function releaseHistograms(workspace: Workspace, histograms: Histograms): void {
  workspace.freeHistograms.push(histograms)
}

/** Moves the rows that go left to the front of the range, both sides in their order; gives where the right ones begin. */
export function partitionRows(
  workspace: Workspace,
  { start, end }: Range,
  split: { readonly feature: number; readonly leftBins: Uint8Array },
): number {
  const { arena, rows, table, address, kernel, team } = workspace
  new Uint8Array(arena.memory.buffer, address.flags, 256).set(split.leftBins)
  const bins = table.groups[split.feature >> 2]!.byteOffset + (split.feature & 3)
  const from = rows.byteOffset
  if (end - start < SHARED_PARTITION_ROWS) return kernel.partition(from, address.spare, start, end, bins, address.flags)
  const middle = (start + end) >>> 1
  const [first, second] = team.run([
    ['partition', from, address.spare + start * 4, start, middle, bins, address.flags],
    ['partition', from, address.spare + middle * 4, middle, end, bins, address.flags],
  ]) as [number, number]
  // left₁ right₁ left₂ right₂ → left₁ left₂ right₁ right₂; the kernel has left right₁ in the spare rows.
  const right = new Int32Array(arena.memory.buffer, address.spare + start * 4, middle - first)
  rows.copyWithin(first, middle, second)
  rows.set(right, first + second - middle)
  return first + second - middle
}

/** Pieces of a range whose borders do not depend on the number of threads. */
export function chunksOf({ start, end }: Range): Range[] {
  const chunks: Range[] = []
  for (let at = start; at < end; at += CHUNK_ROWS) chunks.push({ start: at, end: Math.min(end, at + CHUNK_ROWS) })
  return chunks
}
