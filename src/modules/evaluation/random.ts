/** A stream of pseudo-random numbers that a seed decides completely. */
export interface Random {
  /** Uniform in [0, 1) with 32 bits. */
  next(): number
  /** Uniform integer in [0, n). */
  below(n: number): number
  /** Standard normal (Marsaglia's polar method). */
  normal(): number
}

/**
 * The generator xoshiro128** (Blackman and Vigna, 2018), its state filled from the seed by splitmix32.
 * Equal seeds give equal streams on every machine; streams of neighbouring seeds are unrelated.
 */
export function seededRandom(seed: number): Random {
  let fill = seed >>> 0
  const splitmix = (): number => {
    fill = (fill + 0x9e3779b9) | 0
    let z = fill ^ (fill >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let d = splitmix() | 1

  const next = (): number => {
    const five = Math.imul(b, 5)
    const result = Math.imul((five << 7) | (five >>> 25), 9)
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return (result >>> 0) / 4294967296
  }
  return {
    next,
    below: (n) => Math.floor(next() * n),
    normal() {
      for (;;) {
        const u = 2 * next() - 1
        const v = 2 * next() - 1
        const s = u * u + v * v
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s)
      }
    },
  }
}

/** A seed of its own for each use, so that adding one draw in one place changes no number elsewhere. */
export function derivedSeed(seed: number, purpose: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Puts the values in a random order, in place (Fisher and Yates). */
export function shuffle(values: { length: number; [index: number]: unknown }, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const kept = values[i]
    values[i] = values[j]
    values[j] = kept
  }
}
