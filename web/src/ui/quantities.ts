const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** Four significant digits, as tables show a measured number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e15) return value.toExponential(3)
  if (Number.isInteger(value) || size >= 10_000) return grouped.format(value)
  return value.toPrecision(4)
}

export function formatCount(value: number): string {
  return grouped.format(value)
}

/** `83 ms`, `4.2 s`, `1 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units: `812 B`, `1.4 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(unit === 0 || value >= 99.95 ? 0 : 1)} ${byteUnits[unit]}`
}

/** `just now`, `5 min ago`, `2 days ago`, then the date. */
export function formatAgo(thenMs: number, nowMs: number): string {
  const seconds = (nowMs - thenMs) / 1000
  if (seconds < 45) return seconds < -60 ? new Date(thenMs).toLocaleDateString('en-CA') : 'just now'
  if (seconds < 3570) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 23.5 * 3600) return `${Math.round(seconds / 3600)} h ago`
  const days = Math.round(seconds / 86_400)
  if (days < 14) return days === 1 ? 'yesterday' : `${days} days ago`
  return new Date(thenMs).toLocaleDateString('en-CA')
}

/** The exact time in the reader's zone. */
export function formatExact(ms: number): string {
  return new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
}
