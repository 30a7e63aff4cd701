import type { Measured } from './contract.ts'

/** A count with thousands separators. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Four significant digits, a real minus, no exponent between a millionth and a billion. */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  const text =
    size >= 1e9 || size < 1e-6
      ? value.toExponential(digits - 1)
      : size >= 10 ** (digits - 1)
        ? Math.round(value).toLocaleString('en-US')
        : value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))))
  return text.replace('-', '−')
}

/** A number between 0 and 1 or so, with as many decimals as its four digits need. */
export function scoreText(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return (Math.abs(value) <= 1 ? value.toFixed(4) : numberText(value)).replace('-', '−')
}

/** A share in per cent, three significant digits. */
export function percentText(value: number): string {
  return Number.isFinite(value) ? `${numberText(100 * value, 3)} %` : '–'
}

/** As many decimals as another number needs for four digits, so that a difference can be compared with it. */
export function textLike(reference: number): (value: number) => string {
  const size = Math.abs(reference)
  if (size >= 1e9 || (size < 1e-6 && size > 0)) return numberText
  const decimals = size === 0 ? 4 : Math.max(0, 3 - Math.floor(Math.log10(size)))
  return (value) =>
    value
      .toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })

      .replace(/^-(?=[0.,]*$)/, '')
      .replace('-', '−')
}

/** With a sign in front: `+0.0213`. */
export function signedText(value: number, text: (value: number) => string = scoreText): string {
  return value > 0 ? `+${text(value)}` : text(value)
}

/** `0.743 [0.725, 0.760]`: the short form of a metric and its 95 % interval. */
export function intervalText({ value, lower, upper }: Measured): string {
  if (lower === undefined || upper === undefined) return shortText(value)
  return `${shortText(value)} [${shortText(lower)}, ${shortText(upper)}]`
}

function shortText(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(3).replace('-', '−') : numberText(value)
}

/** `1.4 GB`, in powers of 1,000. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let size = bytes
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${unit === 0 ? size : numberText(size, 3)} ${units[unit]}`
}

/** An amount of money: `EUR 1,240`, `EUR 5`, `EUR 3.50`. */
export function moneyText(amount: number, currency: string): string {
  const size = Math.abs(amount)
  if (size >= 1e9 || (size < 0.005 && size > 0)) return `${currency} ${numberText(amount)}`
  const whole = size >= 100 || Number.isInteger(amount)
  const decimals = whole ? 0 : 2
  const text = amount.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  return `${currency} ${text.replace('-', '−')}`
}

/** What 1,000 decisions bring: `brings EUR 1,240` or `costs EUR 310`. */
export function resultText(value: number, currency: string): string {
  return value < 0 ? `costs ${moneyText(-value, currency)}` : `brings ${moneyText(value, currency)}`
}
