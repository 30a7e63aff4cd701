/** Where a value is looked up. */
export type Entity = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset'

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | 'LIKE' | 'ILIKE' | 'IN' | 'NOT IN'

/** The field a comparison or an order is about. */
export interface Identifier {
  readonly entity: Entity
  readonly key: string
  /** 0-based position in the text, for errors. */
  readonly at: number
}

export interface Comparison {
  readonly field: Identifier
  readonly operator: Operator
  readonly value: string | number | readonly string[]
}

/** MLflow's names of the entities and their aliases. */
export const entityNames: Readonly<Record<string, Entity>> = {
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  metric: 'metric',
  metrics: 'metric',
  parameter: 'param',
  parameters: 'param',
  param: 'param',
  params: 'param',
  tag: 'tag',
  tags: 'tag',
  dataset: 'dataset',
  datasets: 'dataset',
}
