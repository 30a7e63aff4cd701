const expression = /^(?:async\s+)?function\b|^(?:async\s*)?(?:\(|[\w$]+\s*=>)/

/**
 * The text of a function as an expression that another process can evaluate. A method (`run(ctx) { … }`) is wrapped,
 * since its text alone is not an expression.
 */
export function inlineSource(run: (...values: never[]) => unknown): string {
  const text = run.toString()
  if (/\[native code\]\s*\}$/.test(text)) throw new TypeError('a bound or built-in function has no source')
  if (/^(?:async\s+)?[\w$]+\s*\(/.test(text) && !/^(?:async\s*\(|(?:async\s+)?function\b)/.test(text))
    return method(text)
  if (expression.test(text)) return text
  return method(text)
}

function method(text: string): string {
  return `Object.values({ ${text} })[0]`
}
