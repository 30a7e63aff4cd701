import fc from 'fast-check'
import { expect, test } from 'vitest'

import { downsample } from './downsample.ts'

const curves = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    ),
    { minLength: 1, maxLength: 400 },
  )
  .map((values) => values.map((value, step) => ({ step, value })))

test('a thinned curve has its ends, its lowest and highest value, in order, and no more points than asked', () => {
  fc.assert(
    fc.property(curves, fc.integer({ min: 10, max: 100 }), (points, count) => {
      const kept = downsample(points, count)
      expect(kept.length).toBeLessThanOrEqual(count)
      expect(kept[0]).toBe(points[0])
      expect(kept.at(-1)).toBe(points.at(-1))
      expect(kept.map(({ step }) => step)).toEqual(kept.map(({ step }) => step).toSorted((a, b) => a - b))
      expect(new Set(kept).size).toBe(kept.length)
      const finite = (of: typeof points) => of.map(({ value }) => value).filter(Number.isFinite)
      expect(Math.max(...finite([...kept]))).toBe(Math.max(...finite(points)))
      expect(Math.min(...finite([...kept]))).toBe(Math.min(...finite(points)))
    }),
  )
})
