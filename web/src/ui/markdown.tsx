import type { ReactNode } from 'react'

// Markdown as notes need it: headings, lists, quotes, code, emphasis, links. It makes elements, never HTML, so that a
// note cannot bring a script.

const inlinePattern = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|_[^_\s][^_]*_|\[[^\]]+\]\([^)\s]+\)|https?:\/\/[^\s)]+)/

function link(href: string, text: string, key: number): ReactNode {
  const isSafe = /^(https?:|mailto:|\/|#)/i.test(href)
  return isSafe ? (
    <a key={key} href={href} rel="noreferrer noopener">
      {text}
    </a>
  ) : (
    text
  )
}

function inline(text: string): ReactNode[] {
  return text.split(inlinePattern).map((part, key): ReactNode => {
    if (part.startsWith('`') && part.endsWith('`') && part.length > 2) return <code key={key}>{part.slice(1, -1)}</code>
    if (part.startsWith('**') && part.length > 4) return <strong key={key}>{inline(part.slice(2, -2))}</strong>
    if (/^[*_].+[*_]$/.test(part)) return <em key={key}>{part.slice(1, -1)}</em>
    const target = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part)
    if (target) return link(target[2]!, target[1]!, key)
    if (/^https?:\/\//.test(part)) return link(part, part, key)
    return part
  })
}

function listItems(lines: readonly string[], mark: RegExp): ReactNode[] {
  const items: string[] = []
  for (const line of lines) {
    if (mark.test(line)) items.push(line.replace(mark, ''))
    else if (items.length > 0) items[items.length - 1] += ` ${line.trim()}`
  }
  return items.map((item, key) => <li key={key}>{inline(item)}</li>)
}

function block(lines: readonly string[], key: number): ReactNode {
  const first = lines[0]!
  const heading = /^(#{1,6})\s+(.*)$/.exec(first)
  if (heading) {
    const Heading = heading[1]!.length === 1 ? 'h2' : 'h3'
    const rest = lines.slice(1)
    return (
      <div key={key} className="stack">
        <Heading>{inline(heading[2]!)}</Heading>
        {rest.length === 0 ? null : block(rest, 0)}
      </div>
    )
  }
  if (first.startsWith('>'))
    return <blockquote key={key}>{inline(lines.map((line) => line.replace(/^>\s?/, '')).join(' '))}</blockquote>
  const bullet = /^\s*[-*+]\s+/
  if (bullet.test(first)) return <ul key={key}>{listItems(lines, bullet)}</ul>
  const number = /^\s*\d+[.)]\s+/
  if (number.test(first)) return <ol key={key}>{listItems(lines, number)}</ol>
  return <p key={key}>{inline(lines.join(' '))}</p>
}

export function Markdown({ text }: { readonly text: string }) {
  const parts = text.replaceAll('\r\n', '\n').split(/^```[^\n]*\n?/m)
  return (
    <div className="markdown">
      {parts.flatMap((part, index): ReactNode[] => {
        if (index % 2 === 1)
          return [
            <pre key={`code ${index}`}>
              <code>{part.replace(/\n$/, '')}</code>
            </pre>,
          ]
        const blocks = part.split(/\n\s*\n/).map((chunk) => chunk.split('\n').filter((line) => line.trim() !== ''))
        return blocks.filter((lines) => lines.length > 0).map((lines, key) => block(lines, index * 1000 + key))
      })}
    </div>
  )
}
