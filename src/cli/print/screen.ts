/** What is known about the stream that text goes to. */
export interface Screen {
  readonly isTerminal: boolean
  readonly colour: boolean
  readonly columns: number
  /** The reader's folder: paths below it are shown as they would be typed there. */
  readonly folder?: string
  /** The open project; paths in results are relative to its root, and `given` is what `--project` named. */
  readonly project?: { readonly root: string; readonly given?: string }
}

const styles = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

export type Style = keyof typeof styles

/** Colours a text where the screen has colours; a word or a mark must say the same. */
export function paint(screen: Screen, style: Style, text: string): string {
  if (!screen.colour || text === '') return text
  const [on, off] = styles[style]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

/** Decides once what a stream can show. `NO_COLOR` (any non-empty value) and `TERM=dumb` turn colours off. */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
  folder?: string,
): Screen {
  const isTerminal = stream.isTTY === true && env['TERM'] !== 'dumb'
  const colour = isTerminal && !env['NO_COLOR']
  const columns = isTerminal ? Math.max(40, stream.columns ?? 80) : 120
  return { isTerminal, colour, columns, ...(folder === undefined ? {} : { folder }) }
}

/** A text with the paths in it as the reader would type them. */
export function shortenPaths({ folder }: Screen, text: string): string {
  if (folder === undefined || folder.length < 2) return text
  const below = folder.endsWith('/') ? folder : `${folder}/`
  return text
    .replaceAll(`file://${below}`, below)
    .split(below)
    .reduce((before, after) => (/[\w.~-]$/.test(before) ? `${before}${below}${after}` : `${before}${after}`))
}
