const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `397,884`. */
export function formatCount(value: number): string {
  return grouped.format(value)
}

/** Four significant digits, as tables show a measured number: `0.7431`, `12,345`, `1.235e-7`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e15) return value.toExponential(3)
  if (Number.isInteger(value) || size >= 10_000) return formatCount(value)
  return String(Number(value.toPrecision(4)))
}

/** `83 ms`, `4.2 s`, `1 m 12 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`
  const hours = Math.round(minutes / 60)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Decimal units, as disks and networks are sold: `812 B`, `1.4 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${byteUnits[unit]}`
}

/** `just now`, `5 minutes ago`, `2 days ago`, then the date. */
export function formatAgo(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000
  if (Number.isNaN(seconds)) return ''
  if (seconds < 0) return then.toISOString().slice(0, 16).replace('T', ' ')
  if (seconds < 45) return 'just now'
  const count = (amount: number, unit: string) => `${amount} ${unit}${amount === 1 ? '' : 's'} ago`
  if (seconds < 3570) return count(Math.round(seconds / 60) || 1, 'minute')
  if (seconds < 23.5 * 3600) return count(Math.round(seconds / 3600), 'hour')
  if (seconds < 13.5 * 86_400) return count(Math.round(seconds / 86_400), 'day')
  return then.toISOString().slice(0, 10)
}

/** Progress as a person reads it: `120,000 of 541,909 rows`, `1.2 GB of 5.0 GB`. */
export function formatProgress(progress: {
  readonly done: number
  readonly total?: number
  readonly unit: string
}): string {
  const format = progress.unit === 'bytes' ? formatBytes : formatCount
  const noun = progress.unit === 'bytes' ? '' : ` ${progress.unit}`
  if (progress.total === undefined) return `${format(progress.done)}${noun}`
  return `${format(progress.done)} of ${format(progress.total)}${noun}`
}
