/** Okabe-Ito (2008), without the yellow that white paper swallows: told apart by every kind of colour vision. */
const colors = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#7f7f7f'] as const
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]]

/** How a run is drawn: its colour, and a dash when the colours have been used up. */
export interface RunStyle {
  readonly color: string
  readonly dash: readonly number[]
}

const places = new Map<string, number>()

/** The style of a run, the same on every chart of this page load; runs get theirs in the order they are asked for. */
export function styleOfRun(run: string): RunStyle {
  let place = places.get(run)
  if (place === undefined) {
    place = places.size
    places.set(run, place)
  }
  return { color: colors[place % colors.length]!, dash: dashes[Math.floor(place / colors.length) % dashes.length]! }
}

/** Runs of one comparison have styles of their own from the first on. */
export function styleRuns(runs: readonly string[]): void {
  if (runs.every((run) => places.has(run))) return
  places.clear()
  for (const run of runs) styleOfRun(run)
}

/** A colour of the page as it is now. */
export function pageColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}
