import type { CommonStepOptions, Handle, StepScope } from '../../pipelines/declare.ts'
import { InvalidStepError } from '../invalid-step.ts'
import type { PartSize, SplitRule } from './rules.ts'

export interface SplitStepOptions extends CommonStepOptions {
  readonly input: Handle<'table'>
  /** `time('snapshot')`, `group('customer_id')` or `stratified('target')`. */
  readonly by: SplitRule
  /** A share of the rows (0.2); by time also a length ('1 month', counted back from the latest row) or a first day. */
  readonly test: PartSize
  /** The part between train and test; none when absent. */
  readonly validation?: PartSize
  /** By time: how long after a row its label is known ('30 days'). A row whose label reaches into the next part is left out. */
  readonly gap?: string
  /** A column no value of which may be in two parts; checked, and refused with examples. */
  readonly apart?: string
  /** The parts become the datasets `<dataset>.train`, …; the step's name when absent. */
  readonly dataset?: string
}

export interface SplitHandles {
  readonly train: Handle<'table'>
  /** Reading it is refused when the split has no validation part. */
  readonly validation: Handle<'table'>
  readonly test: Handle<'table'>
}

/** Train before validation before test, along a date or a timestamp. */
export function time(column: string): SplitRule {
  return { kind: 'time', column }
}

/** All rows of one group on one side. */
export function group(column: string, options: { readonly seed?: number } = {}): SplitRule {
  return { kind: 'group', column, seed: options.seed ?? 1 }
}

/** Row by row, with the same shares within every value of the column. */
export function stratified(column: string, options: { readonly seed?: number } = {}): SplitRule {
  return { kind: 'stratified', column, seed: options.seed ?? 1 }
}

/** Row by row, by a hash of the row and the seed: for rows that have neither a time nor a group. */
export function random(options: { readonly seed?: number } = {}): SplitRule {
  return { kind: 'random', seed: options.seed ?? 1 }
}

/** Adds a step that splits a dataset into train, validation and test. */
export function declareSplit(scope: StepScope, name: string, options: SplitStepOptions): SplitHandles {
  const { by, test, validation, gap, apart } = options
  if (gap !== undefined && by.kind !== 'time') {
    throw new InvalidStepError(
      name,
      'a gap is for a split by time',
      "Leave it out, or split by time: by: time('column').",
    )
  }
  const outputs = validation === undefined ? ['train', 'test'] : ['train', 'validation', 'test']
  const split = {
    dataset: options.dataset ?? name,
    by,
    test,
    ...(validation === undefined ? {} : { validation }),
    ...(gap === undefined ? {} : { gap }),
    ...(apart === undefined ? {} : { apart }),
  }
  scope.add({
    name,
    kind: 'split',
    inputs: { input: options.input },
    outputs: Object.fromEntries(outputs.map((output) => [output, 'table'])),
    options: split,
    params: [],
    retries: options.retries ?? 0,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    cached: options.cache ?? true,
  })
  const handle = (output: string): Handle<'table'> => ({ kind: 'table', step: name, output })
  return {
    train: handle('train'),
    get validation() {
      if (validation !== undefined) return handle('validation')
      throw new InvalidStepError(
        name,
        'it has no validation part',
        "Give the split one: validation: '1 month' or validation: 0.2.",
      )
    },
    test: handle('test'),
  }
}
