import type { WireNumber } from '../../../src/http/native/contract/wire.ts'
import { formatAgo, formatBytes, formatCount, formatDuration, formatExact, formatNumber } from './quantities.ts'

/** A measured number: four significant digits, exact on hover. */
export function Num({ value }: { readonly value: WireNumber }) {
  if (typeof value !== 'number') return <span className="mono">{value}</span>
  return (
    <span className="mono" title={String(value)}>
      {formatNumber(value)}
    </span>
  )
}

export function Count({ value }: { readonly value: number }) {
  return <span className="mono">{formatCount(value)}</span>
}

/** A time as people say it, exact on hover, in the reader's zone. */
export function Time({ at }: { readonly at: number | string }) {
  const ms = typeof at === 'number' ? at : Date.parse(at)
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatExact(ms)} className="nowrap">
      {formatAgo(ms, Date.now())}
    </time>
  )
}

export function Duration({ ms }: { readonly ms: number }) {
  return (
    <span className="mono nowrap" title={`${(ms / 1000).toFixed(3)} s`}>
      {formatDuration(ms)}
    </span>
  )
}

export function Bytes({ value }: { readonly value: number }) {
  return (
    <span className="mono nowrap" title={`${formatCount(value)} bytes`}>
      {formatBytes(value)}
    </span>
  )
}

/** The first characters of a digest, whole on hover. */
export function Digest({ value }: { readonly value: string }) {
  const hex = value.slice(value.indexOf(':') + 1)
  return (
    <span className="mono faint" title={value}>
      {hex.slice(0, 10)}
    </span>
  )
}
