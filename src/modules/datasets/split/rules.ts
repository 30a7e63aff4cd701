/** How a table is split. */
export type SplitRule =
  /** By time: train before validation before test. */
  | { readonly kind: 'time'; readonly column: string }
  /** By group: all rows of one group on one side. */
  | { readonly kind: 'group'; readonly column: string; readonly seed: number }
  /** Row by row, with the same shares within every value of the column. */
  | { readonly kind: 'stratified'; readonly column: string; readonly seed: number }
  /** Row by row, by a hash of the row. */
  | { readonly kind: 'random'; readonly seed: number }

/** A share of the rows (0.2), a length of time ('1 month'), or the first day or moment ('2011-11-01'). */
export type PartSize = number | string

/** What a split step was asked to do: the `options` of its node. */
export interface SplitOptions {
  /** The parts become the datasets `<dataset>.train`, … */
  readonly dataset: string
  readonly by: SplitRule
  readonly test: PartSize
  readonly validation?: PartSize
  /** How long after a row's time its label is known: a row whose label reaches into the next part is left out. */
  readonly gap?: string
  /** No value of this column may be in two parts. */
  readonly apart?: string
}

export const partNames = ['train', 'validation', 'test'] as const
export type PartName = (typeof partNames)[number]

export function describeRule(options: SplitOptions): string {
  const { by, test, validation, gap } = options
  const seed = by.kind === 'time' ? '' : `, seed ${by.seed}`
  const sizes = [
    `test ${test}`,
    ...(validation === undefined ? [] : [`validation ${validation}`]),
    ...(gap === undefined ? [] : [`gap ${gap}`]),
  ]
  const how = by.kind === 'random' ? 'at random' : `by ${by.kind} of ${by.column}`
  return `${how}${seed}: ${sizes.join(', ')}`
}
