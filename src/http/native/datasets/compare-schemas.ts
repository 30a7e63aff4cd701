import type { ColumnDifference } from '../contract/dataset.ts'

interface Column {
  readonly name: string
  readonly sqlType: string
}

/** How the columns of two versions differ, what changed first; by name, since the order has no meaning. */
export function compareSchemas(before: readonly Column[], after: readonly Column[]): readonly ColumnDifference[] {
  const old = new Map(before.map(({ name, sqlType }) => [name, sqlType]))
  const now = new Map(after.map(({ name, sqlType }) => [name, sqlType]))
  const names = [...now.keys(), ...[...old.keys()].filter((name) => !now.has(name))]
  const all = names.map((column): ColumnDifference => {
    const was = old.get(column)
    const is = now.get(column)
    if (was === undefined) return { column, change: 'added', after: is! }
    if (is === undefined) return { column, change: 'removed', before: was }
    return { column, change: was === is ? 'same' : 'retyped', before: was, after: is }
  })
  return [...all.filter(({ change }) => change !== 'same'), ...all.filter(({ change }) => change === 'same')]
}
