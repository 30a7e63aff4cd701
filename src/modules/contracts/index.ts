export {
  contract,
  dataContract,
  InvalidContractError,
  metricDirection,
  parseDataContract,
  parseModelContract,
} from './declare.ts'
export type {
  BehaviourSpec,
  BinaryCosts,
  DataContract,
  DataContractOptions,
  FieldSpec,
  GainPromise,
  MetricBound,
  MetricDirection,
  MetricName,
  ModelContract,
  ModelContractOptions,
  OutputSpec,
  RegressionCosts,
  SliceSpec,
} from './declare.ts'
