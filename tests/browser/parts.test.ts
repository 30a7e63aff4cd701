import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { alignCurves, smooth } from '../../web/src/charts/curve-data.ts'
import { bestRuns } from '../../web/src/compare/best-runs.ts'
import { placeNodes } from '../../web/src/graph/layout.ts'
import { withoutSteps } from '../../web/src/lineage/compact.ts'
import { splitPatch } from '../../web/src/run/split-patch.ts'
import { complete } from '../../web/src/runs/complete-filter.ts'
import { fromMlflowAddress } from '../../web/src/shell/mlflow-address.ts'

describe('completion of filters', () => {
  const keys = {
    metrics: ['rocAuc', 'val loss'],
    params: ['learner'],
    tags: ['stage'],
    attributes: ['run_name', 'status'],
  }
  const at = (text: string) => complete(text, text.length, keys).map(({ label }) => label)

  test.each([
    ['', ['metrics.rocAuc', 'metrics.`val loss`', 'params.learner', 'tags.stage', 'run_name', 'status']],
    ['metrics.r', ['metrics.rocAuc']],
    ['roc', ['metrics.rocAuc']],
    ['metrics.rocAuc ', ['>', '>=', '<', '<=', '=', '!=']],
    ['params.learner ', ['=', '!=', 'LIKE', 'ILIKE']],
    ["status = 'F", ["'FINISHED'", "'FAILED'"]],
    ["params.learner = 'ets' ", ['and']],
    ["params.learner = 'ets' and metr", ['metrics.rocAuc', 'metrics.`val loss`']],
  ])('%j offers what can stand there', (text, offered) => {
    expect(at(text)).toEqual(offered)
  })

  test('whatever is typed, an offer replaces what was typed last and nothing before it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'metrics.`val = and>0 rocAuc'.split(''), "'") }), (text) => {
        for (const offer of complete(text, text.length, keys)) {
          expect(offer.to).toBe(text.length)
          expect(offer.from).toBeGreaterThanOrEqual(0)
          expect(offer.from).toBeLessThanOrEqual(offer.to)
          expect(text.slice(offer.from)).not.toMatch(/ and /i)
        }
      }),
    )
  })
})

describe('places of a graph', () => {
  const graphs = fc.integer({ min: 1, max: 20 }).chain((count) =>
    fc.record({
      ids: fc.constant(Array.from({ length: count }, (_, id) => `n${id}`)),
      pairs: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 40 }),
    }),
  )

  test('every node has a place of its own, and without circles every edge leads to the right', () => {
    fc.assert(
      fc.property(graphs, ({ ids, pairs }) => {
        const edges = pairs.filter(([a, b]) => a < b).map(([a, b]) => ({ from: `n${a}`, to: `n${b}` }))
        const placed = placeNodes(ids, edges)
        const taken = ids.map((id) => `${placed.get(id)!.layer} ${placed.get(id)!.row}`)
        expect(new Set(taken).size).toBe(ids.length)
        for (const { from, to } of edges) expect(placed.get(from)!.layer).toBeLessThan(placed.get(to)!.layer)
      }),
    )
  })

  test('a circle does not hang it', () => {
    const edges = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ]
    expect(placeNodes(['a', 'b'], edges).size).toBe(2)
  })
})

test('a lineage without its steps says who made what', () => {
  const node = (id: string, kind: 'dataset' | 'step') => ({ id, kind, label: id, focus: false })
  const nodes = [node('raw', 'dataset'), node('clean', 'step'), node('table', 'dataset'), node('predict', 'step')]
  const edges = [
    { from: 'raw', to: 'clean' },
    { from: 'clean', to: 'table' },
    { from: 'table', to: 'predict' },
  ]
  const compact = withoutSteps({ nodes, edges, truncated: false })
  expect(compact.nodes.map(({ id, detail }) => [id, detail])).toEqual([
    ['raw', undefined],
    ['table', 'by clean'],
    // A run that has made nothing stays: it is where the data went.
    ['predict', undefined],
  ])
  expect(compact.edges.map(({ from, to }) => `${from} ${to}`).toSorted()).toEqual(['raw table', 'table predict'])
})

describe('curves', () => {
  test('smoothing keeps a constant, gaps, and the values themselves at weight 0', () => {
    expect(smooth([2, 2, null, 2], 0.9).map((value) => (value === null ? null : Number(value.toFixed(12))))).toEqual([
      2,
      2,
      null,
      2,
    ])
    expect(smooth([1, 3], 0.5)).toEqual([1, (0.5 * 0.5 * 1 + 0.5 * 3) / 0.75])
    expect(smooth([1, null, 5], 0)).toEqual([1, null, 5])
  })

  test('curves over other steps share one axis; what a curve does not have is no gap in it', () => {
    const [xs, first, second] = alignCurves([
      { run: 'a', xs: [0, 2], ys: [1, null] },
      { run: 'b', xs: [1], ys: [5] },
    ])
    expect([xs, first, second]).toEqual([
      [0, 1, 2],
      [1, undefined, null],
      [undefined, 5, undefined],
    ])
  })
})

test('the best of a metric is the lowest loss, the highest score, and nobody of a count', () => {
  expect(bestRuns('validation_loss', [0.3, 0.2, null, 0.2])).toEqual({ end: 'lowest', at: new Set([1, 3]) })
  expect(bestRuns('rocAuc', [0.7, 0.8])).toEqual({ end: 'highest', at: new Set([1]) })
  expect(bestRuns('trainRows', [1, 2])).toBeUndefined()
})

test('a patch of git is cut into its files, binary ones without their bytes', () => {
  const patch = [
    'diff --git a/src/train.ts b/src/train.ts',
    'index 1..2 100644',
    '--- a/src/train.ts',
    '+++ b/src/train.ts',
    '@@ -1 +1,2 @@',
    '-old',
    '+new',
    '+more',
    'diff --git a/logo.png b/logo.png',
    'new file mode 100644',
    'GIT binary patch',
    'literal 3',
    'KcmZQzU|?VX',
    '',
  ].join('\n')
  expect(splitPatch(patch).map(({ path, added, removed }) => [path, added, removed])).toEqual([
    ['src/train.ts', 2, 1],
    ['logo.png', 0, 0],
  ])
})

test.each([
  ['#/experiments/3/runs/abc', '/runs/abc'],
  ['#/experiments/3/runs/abc/artifacts/model', '/runs/abc'],
  ['#/experiments/3?searchFilter=x', '/runs?experiment=3'],
  ['#/models/churn', '/models/churn'],
  ['#/models/churn/versions/2', '/models/churn?version=2'],
  ['#/models', '/models'],
  ['#/compare-runs?runs=["a","b"]&experiments=["1"]', '/compare?runs=a,b'],
  ['#/compare-runs?runs=[', '/runs'],
  ['#main', undefined],
  ['', undefined],
])("MLflow's address %j leads to %j", (hash, path) => {
  expect(fromMlflowAddress(hash)).toBe(path)
})
