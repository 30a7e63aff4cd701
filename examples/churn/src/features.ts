/** The columns the model may look at: recency, frequency, money, rhythm. Never the id, never the snapshot. */
export const features = [
  'recency_days',
  'tenure_days',
  'orders',
  'orders_30d',
  'orders_60d',
  'orders_90d',
  'active_months',
  'revenue',
  'revenue_90d',
  'mean_order',
  'largest_order',
  'units_per_order',
  'lines_per_order',
  'mean_gap_days',
  'gap_spread_days',
  'gaps_since_last_order',
] as const
