/** One line of CSV by RFC 4180: CRLF at the end, quotes only where a cell needs them. */
export function csvLine(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: string | number | undefined): string {
  const text = cell === undefined ? '' : String(cell)
  // A space at an end is kept by some readers and dropped by others unless it is quoted.
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
