import type { RunDiff } from '../../../src/http/native/contract/run.ts'
import { splitPatch } from './split-patch.ts'

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
