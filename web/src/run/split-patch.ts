/** One file of a patch. */
export interface FilePatch {
  readonly path: string
  readonly lines: readonly string[]
  readonly added: number
  readonly removed: number
}

const headerLine =
  /^(index |old mode|new mode|new file|deleted file|--- |\+\+\+ |similarity|rename |GIT binary|literal |delta )/

/** Cuts a patch of git into its files. */
export function splitPatch(text: string): readonly FilePatch[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => {
      const all = part.split('\n')
      const path = / b\/(.*)$/.exec(all[0]!)?.[1] ?? all[0]!
      const isBinary = all.some((line) => line.startsWith('GIT binary patch'))
      const body = all.slice(1).filter((line) => !headerLine.test(line) && line !== '')
      const lines = isBinary ? ['@@ binary content @@'] : body
      const count = (sign: string): number => (isBinary ? 0 : lines.filter((line) => line.startsWith(sign)).length)
      return { path, lines, added: count('+'), removed: count('-') }
    })
}
