const sequences = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
// Control characters, line and paragraph separators, and what turns the writing direction.
const controls = /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const wide =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** User data made safe for a terminal: a control character (also one that turns the writing direction) is shown, never sent. */
export function escapeControls(text: string): string {
  return text.replaceAll(controls, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\t') return '\\t'
    if (character === '\r') return '\\r'
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** How many columns a text takes on a terminal; colours take none. */
export function textWidth(text: string): number {
  const bare = text.replaceAll(sequences, '')
  if (/^[\u0020-\u007e]*$/.test(bare)) return bare.length
  let width = 0
  for (const { segment } of segmenter.segment(bare)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Cuts a plain text (no colours in it) to a width, with an ellipsis. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  if (columns < 1) return ''
  let cut = ''
  let width = 0
  for (const { segment } of segmenter.segment(text)) {
    width += textWidth(segment)
    if (width > columns - 1) break
    cut += segment
  }
  return `${cut}…`
}

export function padText(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - textWidth(text)))
  return align === 'left' ? text + space : space + text
}
