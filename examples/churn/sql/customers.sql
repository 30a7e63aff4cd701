-- One row per customer and monthly snapshot: what was known on that day, and whether the customer then stayed away.
--
-- Everything left of the label looks only backwards from the snapshot; the label looks only forwards:
-- churned = no order in [snapshot, snapshot + horizon). That is what keeps the label out of the features.
WITH
-- Sales only: cancellations (C…), corrections and lines without a customer say nothing about who will order again.
sales AS (
  SELECT CustomerID, InvoiceNo, InvoiceDate, StockCode, Country, Quantity,
         Quantity * CAST(UnitPrice AS DECIMAL(12, 3)) AS amount
  FROM invoices
  WHERE CustomerID IS NOT NULL AND NOT starts_with(InvoiceNo, 'C') AND Quantity > 0 AND UnitPrice > 0
),
orders AS (
  SELECT CustomerID, InvoiceNo, min(InvoiceDate) AS ordered_at, min(Country) AS country,
         sum(amount) AS amount, sum(Quantity) AS units, count(*) AS lines
  FROM sales
  GROUP BY CustomerID, InvoiceNo
),
spaced AS (
  SELECT *, date_diff('second', lag(ordered_at) OVER customer, ordered_at) / 86400.0 AS days_since_previous
  FROM orders
  WINDOW customer AS (PARTITION BY CustomerID ORDER BY ordered_at, InvoiceNo)
),
-- To train: the first days of the months that have enough history before them and the whole label window after
-- them. To score: the day after the last order. The features are the same lines of SQL for both.
snapshots AS (
  SELECT unnest(generate_series(
    date_trunc('month', min(ordered_at) + to_months($history_months)),
    max(ordered_at) - to_days($horizon_days),
    INTERVAL 1 MONTH))::DATE AS snapshot
  FROM orders
  WHERE $purpose = 'train'
  UNION ALL
  SELECT max(ordered_at)::DATE + 1 FROM orders HAVING $purpose = 'score'
),
known AS (
  SELECT snapshot, CustomerID,
         date_diff('second', max(ordered_at), snapshot::TIMESTAMP) / 86400.0 AS recency_days,
         date_diff('second', min(ordered_at), snapshot::TIMESTAMP) / 86400.0 AS tenure_days,
         count(*) AS orders,
         count(*) FILTER (ordered_at >= snapshot - INTERVAL 30 DAY) AS orders_30d,
         count(*) FILTER (ordered_at >= snapshot - INTERVAL 60 DAY) AS orders_60d,
         count(*) FILTER (ordered_at >= snapshot - INTERVAL 90 DAY) AS orders_90d,
         count(DISTINCT date_trunc('month', ordered_at)) AS active_months,
         sum(amount) AS revenue,
         coalesce(sum(amount) FILTER (ordered_at >= snapshot - INTERVAL 90 DAY), 0) AS revenue_90d,
         max(amount) AS largest_order,
         sum(units) AS units,
         sum(lines) AS lines,
         avg(days_since_previous) AS mean_gap_days,
         stddev_samp(days_since_previous) AS gap_spread_days,
         arg_max(country, ordered_at) AS country
  FROM snapshots JOIN spaced ON ordered_at < snapshot
  GROUP BY snapshot, CustomerID
),
later AS (
  SELECT DISTINCT snapshot, CustomerID
  FROM snapshots JOIN orders ON ordered_at >= snapshot AND ordered_at < snapshot + to_days($horizon_days)
)
SELECT known.CustomerID AS customer_id,
       known.snapshot,
       recency_days, tenure_days, orders, orders_30d, orders_60d, orders_90d, active_months,
       revenue::DOUBLE AS revenue, revenue_90d::DOUBLE AS revenue_90d,
       (revenue / orders)::DOUBLE AS mean_order, largest_order::DOUBLE AS largest_order,
       units / orders AS units_per_order, lines / orders AS lines_per_order,
       mean_gap_days, gap_spread_days,
       recency_days / greatest(mean_gap_days, 1) AS gaps_since_last_order,
       country,
       CASE WHEN $purpose = 'train' THEN later.CustomerID IS NULL END AS churned
FROM known LEFT JOIN later USING (snapshot, CustomerID)
ORDER BY known.snapshot, known.CustomerID
