export { train, resume, RunFinishedError } from "./train.js";
export {
  findLearningRate,
  type FindLearningRateOptions,
  type LearningRateRange,
} from "./find-learning-rate.js";
export type { LearningRatePoint, LearningRateSuggestion, RateRange } from "./learning-rate-curve.js";
export { measureSteps, type MeasureStepsOptions, type StepMeasurement } from "./measure-steps.js";
export {
  searchBatchSize,
  type BatchSizeLimit,
  type BatchSizeSearch,
  type BatchSizeSearchOptions,
  type BatchSizeTrial,
} from "./batch-size-search.js";
export { evaluateRun, type EvaluateRunResult } from "./evaluate-run.js";
export { NothingToJudgeError } from "./judge.js";
export {
  explainFiles,
  type ExplainedFile,
  type ExplainFilesOptions,
  type NamedPicture,
  type UnexplainedFile,
} from "./explain-files.js";
export { explainRun, type ExplainRunOptions, type ExplainRunResult } from "./explain-run.js";
export { UnknownClassError } from "./explained-picture.js";
export { projectRun, type ProjectRunOptions, type ProjectRunResult } from "./project-run.js";
export type { RunFeaturesOptions } from "./run-features.js";
export { withJudgedRun, type JudgedRun, type JudgedRunOptions } from "./judged-run.js";
export { withRunArtifacts, type RunArtifacts } from "./run-artifacts.js";
export { measureRobustness, type RobustnessOptions } from "./robustness/measure-robustness.js";
export { BaselineMismatchError } from "./robustness/measured-sample.js";
export { type RunData, ClassWeightsError } from "./run-data.js";
export type {
  AttemptOptions,
  CheckpointInterval,
  EngineDescription,
  EpochRecord,
  ResumeOptions,
  RunOptions,
  TrainOptions,
  TrainResult,
} from "./run-options.js";
export type { DatasetProgress as DataProgress } from "@convkit/data";
export { DataWait } from "./data-wait.js";
export { fit, type FitOptions } from "./fit.js";
export { Freezing, stageLearningRates, StageError } from "./freezing.js";
export { predict, type PredictOptions } from "./predict.js";
export {
  createLoss,
  LossMismatchError,
  validationLossOf,
  type Loss,
  type LossTarget,
  type NumericLossSpec,
} from "./loss.js";
export { crossEntropy, type CrossEntropyOptions, type MixedTarget } from "./cross-entropy.js";
export { focalLoss, type FocalLossOptions } from "./focal-loss.js";
export { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "./binary-cross-entropy.js";
export { oneHotTargets } from "./one-hot-targets.js";
export type { RowWeightsOptions } from "./row-weights.js";
export { createOptimizer, type Optimizer, type OptimizerOptions, type UpdateOptions } from "./optimizer.js";
export { WeightPatternError } from "./weight-settings.js";
export { createSchedule, type Schedule, type ScheduleOptions } from "@convkit/schema/schedule";
export type { Callback, CallbackContext, Ending, LogValues } from "./callback.js";
export { UnknownMetricError, UnmeasurableMetricError, type MonitorOptions } from "./monitor.js";
export { earlyStopping, type EarlyStoppingOptions } from "./early-stopping.js";
export {
  reduceLrOnPlateau,
  type ReduceLrOnPlateauOptions,
  type ReduceLrOnPlateauState,
} from "./reduce-lr-on-plateau.js";
export { terminateOnNaN, type RuinedBatch, type TerminateOnNaNOptions } from "./terminate-on-nan.js";
export type { CallbackModule, CallbackModuleContext } from "./user-callbacks.js";
export { checkpoints, type CheckpointsOptions } from "./checkpoints.js";
export {
  CheckpointCorruptError,
  CheckpointVersionError,
  loadCheckpoint,
  saveCheckpoint,
  type Checkpoint,
  type CheckpointState,
} from "./checkpoint.js";
export { ArraysMismatchError, weightsByName, type NamedVariables } from "./named-tensors.js";
export type { NamedArray, NamedArrays } from "./safetensors.js";
export {
  Journal,
  JournalCorruptError,
  readJournal,
  StaleAttemptError,
  type OpenedJournal,
  type OpenJournalOptions,
} from "./journal.js";
export { historyOf } from "./history.js";
export { describeProfile, StepProfiler, type StepProfileOptions } from "./step-profiler.js";
export { ForkError } from "./fork.js";
export { RunClaimedError } from "./run-claim.js";
export { RunBusyError } from "./attempt-lock.js";
export { ImageShapeMismatchError } from "./run-parts.js";
export { createRunId, NotARunError, RunFolder, RunFolderExistsError } from "./run-folder.js";
