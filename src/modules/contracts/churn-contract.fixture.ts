import { contract } from './declare.ts'

/** A contract that uses every part, for tests. */
export const churnContract = contract({
  name: 'churn',
  task: 'binary',
  target: 'churned',
  positive: 'true',
  owners: { dataScience: 'ana@shop.example', engineering: 'ben@shop.example' },
  input: {
    recency_days: { type: 'integer', min: 0 },
    revenue: { type: 'number', nullable: true },
    country: { type: 'string', nullable: true, oneOf: ['UK', 'DE', 'FR'] },
  },
  output: { churn_probability: { type: 'number', min: 0, max: 1 } },
  quality: {
    rocAuc: { min: 0.7, interval: 'lower' },
    logLoss: { max: 0.6 },
    gainOverBaseline: [
      { over: 'heuristic', metric: 'rocAuc', min: 0.01, interval: 'lower' },
      { over: 'champion', metric: 'logLoss', min: 0 },
    ],
  },
  slices: ['country', { column: 'orders', bins: 4 }],
  sliceQuality: { rocAuc: { min: 0.6 } },
  behaviour: [{ monotone: 'recency_days', direction: 'increasing', maxShare: 0.01 }, { invariant: 'customer_id' }],
  latency: { p95Ms: 20 },
  size: { maxMb: 50 },
  environment: { formats: ['onnx'] },
  costs: { currency: 'GBP', falsePositive: 5, falseNegative: 40 },
  heuristic: { name: 'days since the last order', sql: 'recency_days' },
})
