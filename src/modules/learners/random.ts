/** A stream of uniform numbers in [0, 1). */
export type Random = () => number

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32: the same seed gives the same stream everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  const splitmix = (): number => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let counter = 1
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** `count` of the numbers 0 … n − 1 without repetition, ascending (selection sampling, Knuth 3.4.2 algorithm S). */
export function sampleWithoutReplacement(n: number, count: number, random: Random): Int32Array {
  const chosen = new Int32Array(Math.min(n, count))
  for (let i = 0, taken = 0; taken < chosen.length; i++) {
    if ((n - i) * random() < chosen.length - taken) chosen[taken++] = i
  }
  return chosen
}
