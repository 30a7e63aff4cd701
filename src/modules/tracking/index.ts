export { createFolderStore, getTree } from './artifacts/folder-store.ts'
export type { Tree, TreeFile } from './artifacts/tree.ts'
export { captureEnvironment, type Environment } from './capture-environment.ts'
export { captureCode, type CapturedCode } from './code/capture-code.ts'
export type { OmittedFile } from './code/changed-files.ts'
export type { TrackingContext } from './context.ts'
export { createRun, type RunCreate } from './create-run.ts'
export { RunNotFoundError } from './errors.ts'
export { deleteExperiment, renameExperiment, restoreExperiment } from './experiment-lifecycle.ts'
export { checkExperimentTags, deleteExperimentTag, getExperimentTags, setExperimentTags } from './experiment-tags.ts'
export {
  createExperiment,
  ensureExperiment,
  type Experiment,
  findExperiment,
  getExperiment,
  listExperiments,
} from './experiments.ts'
export type { LinkOf } from './export/experiment-record.ts'
export { exportRunsCsv } from './export/export-runs-csv.ts'
export { finishRun, type RunFinish } from './finish-run.ts'
export { childRuns, findRun, getMetricHistory, getRun, shortRunId } from './get-run.ts'
export type { Comparison as FilterComparison } from './filter/comparison.ts'
export { compileNumber, compileText, needOperator, needText, textOperators } from './filter/compile.ts'
export { compileCondition, necessaryComparisons, parseCondition } from './filter/condition.ts'
export { parseOrder } from './filter/parse.ts'
export { checkKey, fitValue } from './limits.ts'
export { countRuns, eachRun, listRuns, type RunQuery } from './list-runs.ts'
export { importExperiment, type ImportedExperiment } from './import/import-experiment.ts'
export { type ImportedRun, importRun, runExists } from './import/import-run.ts'
export { type DataUse, listDataUses, listRunInfos } from './data-uses.ts'
export { listRunActivity, type RunActivity } from './run-activity.ts'
export { listRunKeys, type RunKeys } from './run-keys.ts'
export { listRunTable, type RunCell, type RunTableRow } from './run-table.ts'
export { type Batch, logBatch } from './log-batch.ts'
export { type DataEntries, logInputs, logOutputs } from './log-data.ts'
export { logMetrics, type MetricEntry } from './log-metrics.ts'
export { logParams } from './log-params.ts'
export {
  checkRunsExist,
  eachMetricPart,
  listMetricHistory,
  listMetricOfRuns,
  type RunMetric,
  sampleMetricOfRuns,
} from './metric-history.ts'
export {
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  logLoggedModelParams,
  noteModelVersion,
  setLoggedModelTags,
} from './logged-models/change-logged-model.ts'
export { createLoggedModel, type NewLoggedModel } from './logged-models/create-logged-model.ts'
export { getLoggedModel } from './logged-models/get-logged-model.ts'
export {
  type LoggedModel,
  type LoggedModelMetric,
  type LoggedModelStatus,
  loggedModelStatuses,
} from './logged-models/logged-model.ts'
export { type LoggedModelQuery, searchLoggedModels } from './logged-models/search-logged-models.ts'
export { trackingMigrations } from './migrations.ts'
export { findProcessState, type ProcessState, type ProcessToken, readProcessToken } from './process-identity.ts'
export { type FinishedStep, recordFinishedSteps } from './record-finished-steps.ts'
export { recoverDeadRuns } from './recover-runs.ts'
export type {
  CodeState,
  DataRef,
  FinalStatus,
  LifecycleStage,
  Metric,
  Run,
  RunDatum,
  RunError,
  RunInfo,
  RunKind,
  RunStatus,
} from './run.ts'
export { deleteRun, deleteTag, restoreRun, type RunUpdate, updateRun } from './run-lifecycle.ts'
export { type DatasetUse, searchDatasets } from './search-datasets.ts'
export { type ExperimentQuery, searchExperiments } from './search-experiments.ts'
export { addNote, setTags } from './set-tags.ts'
export { type RunStart, startRun } from './start-run.ts'
export { compareEnvironments, type EnvironmentChange } from './reproduce/compare-environments.ts'
export {
  compareRuns,
  type ComparisonOptions,
  type MetricComparison,
  type OutputComparison,
  type StepComparison,
  type Verdict,
} from './reproduce/compare-runs.ts'
export {
  prepareReproduction,
  type PreparedReproduction,
  type RecordedPipeline,
  type ReproductionContext,
} from './reproduce/prepare-reproduction.ts'
export { type BlobVerification, verifyBlobs } from './verify/verify-blobs.ts'
export { type RunProblem, type RunVerification, type RunVerificationContext, verifyRuns } from './verify/verify-runs.ts'
