import type { RunDiff } from '../../../src/http/native/contract/run.ts'

interface FilePatch {
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

const shownLines = 2000

/** A patch by its files; what changed is told by a sign, a word for readers of the screen, and a colour. */
export function Diff({ diff }: { readonly diff: RunDiff }) {
  const files = splitPatch(diff.text)
  if (files.length === 0) return <p className="muted">The difference holds no file.</p>
  return (
    <div className="stack">
      {files.map((file) => (
        <div key={file.path} className="diff">
          <details open={files.length <= 8 && file.lines.length < 400}>
            <summary>
              <span>{file.path}</span>
              <span className="plus">+{file.added}</span>
              <span className="minus">−{file.removed}</span>
            </summary>
            <pre>
              {file.lines.slice(0, shownLines).map((line, index) => (
                <span key={index} className={`line ${toneOf(line)}`}>
                  {line}
                </span>
              ))}
              {file.lines.length > shownLines ? (
                <span className="line hunk">… {file.lines.length - shownLines} more lines</span>
              ) : null}
            </pre>
          </details>
        </div>
      ))}
      {diff.truncated ? <p className="notice warn">Only the first 2 MB of the difference are shown.</p> : null}
      {diff.omitted.length === 0 ? null : (
        <p className="notice warn">
          Not kept: {diff.omitted.map(({ path, reason }) => `${path} (${reason})`).join(', ')}
        </p>
      )}
    </div>
  )
}

function toneOf(line: string): string {
  if (line.startsWith('+')) return 'added'
  if (line.startsWith('-')) return 'removed'
  return line.startsWith('@@') ? 'hunk' : ''
}
