import { contract } from 'baton-ml'

const amount = { type: 'number', min: 0 } as const
const days = { type: 'number', min: 0 } as const
const count = { type: 'integer', min: 0 } as const

/** What the churn model promises, and who answers for it. */
export const churn = contract({
  name: 'churn',
  task: 'binary',
  target: 'churned',
  owners: { dataScience: 'ana@shop.example', engineering: 'ben@shop.example' },
  input: {
    recency_days: days,
    tenure_days: days,
    orders: { type: 'integer', min: 1 },
    orders_30d: count,
    orders_60d: count,
    orders_90d: count,
    active_months: { type: 'integer', min: 1 },
    revenue: amount,
    revenue_90d: amount,
    mean_order: amount,
    largest_order: amount,
    units_per_order: amount,
    lines_per_order: amount,
    mean_gap_days: { ...days, nullable: true },
    gap_spread_days: { ...days, nullable: true },
    gaps_since_last_order: days,
  },
  output: { churn_probability: { type: 'number', min: 0, max: 1 } },
  quality: {
    rocAuc: { min: 0.7, interval: 'lower' },
    logLoss: { max: 0.65 },
  },
  slices: ['country', { column: 'orders', bins: 4 }],
  behaviour: [{ monotone: 'recency_days', direction: 'increasing' }],
  latency: { p95Ms: 20 },
  size: { maxMb: 20 },
  // What a decision is worth: a voucher costs 5; a customer kept brings 40, and one in five can be kept.
  costs: { currency: 'GBP', falsePositive: 5, falseNegative: 8, truePositive: 5, trueNegative: 0 },
  heuristic: { name: 'days since the last order', sql: 'recency_days' },
})
