/** One page of a list; `next` is the token for the page after it, absent on the last. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}
