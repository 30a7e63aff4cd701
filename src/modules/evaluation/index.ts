export {
  type BinaryMetricName,
  binaryMetrics,
  type Confusion,
  confusionAt,
  type DecisionCosts,
} from './binary-metrics.ts'
export { bootstrapIntervals, type BootstrapMethod, type Interval } from './bootstrap.ts'
export { calibrationNoise, expectedCalibrationError, reliabilityCurve } from './calibration.ts'
export { type Measured, type QualityReport, qualityReport } from './contract.ts'
export {
  InvalidHeuristicError,
  InvalidScoreError,
  MissingColumnError,
  NoRowsToEvaluateError,
  TargetMismatchError,
  TaskMismatchError,
  UnknownTargetError,
  UnreadableReportError,
} from './errors.ts'
export { type MetricDefinition, metricDefinitions } from './metric-definitions.ts'
export { qualityFacts, qualityHtmlName, qualityJsonName, readQualityReport } from './quality-facts.ts'
export { type BinaryRows, rocAuc } from './ranking.ts'
export { type RegressionMetricName, regressionMetrics, type RegressionRows } from './regression-metrics.ts'
export { type ChampionAddress, createEvaluateStep, type EvaluateContext } from './step.ts'
export { headlineText } from './verdict.ts'
