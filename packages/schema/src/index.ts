export { AnyNumber, stringifyWithSpelledNumbers } from "./finite.js";
export { ModuleSpec } from "./module-spec.js";
export { BuiltinTransformSpec, TransformSpec } from "./transform-spec.js";
export { BatchTransformSpec } from "./batch-transform-spec.js";
export { describeDecoding } from "./describe-decoding.js";
export { describeTransforms } from "./describe-transforms.js";
export { TransformPreset, type TransformLists } from "./run-transforms.js";
export { ResizeFit } from "./transform-fields.js";
export { SamplingSpec } from "./sampling-spec.js";
export { LayerSpec, ModelSpec } from "./model-spec.js";
export {
  DataSpec,
  ForkPoint,
  EngineName,
  EnginePreference,
  Precision,
  HoldingSpec,
  RunConfig,
  runConfigJsonSchema,
  type RunConfigInput,
} from "./run-config.js";
export {
  groupsToCompare,
  type ComparedMethods,
  type MethodGroup,
  type MethodRun,
} from "./group-by-method.js";
export { FreezeSpec } from "./freeze-spec.js";
export { EmaSpec, GradientClippingSpec, LookaheadSpec } from "./update-spec.js";
export { LossSpec } from "./loss-spec.js";
export { isHigherBetter } from "./monitor-spec.js";
export { OptimizerSpec } from "./optimizer-spec.js";
export { ScheduleSpec } from "./schedule-spec.js";
export {
  bestStep,
  endedSteps,
  nextStep,
  rungsOf,
  type EndedSweepStep,
  type SweepOutcome,
  type SweepRung,
  type SweepStep,
} from "./sweep-rungs.js";
export {
  isMaximized,
  SweepName,
  SweepSpec,
  SweepTrial,
  type SweepMethod,
  type SweepMetric,
  type SweepParameter,
  type SweepSpecInput,
} from "./sweep-spec.js";
export { expandShortForms } from "./short-forms.js";
export { DatasetCard, SplitName } from "./dataset-card.js";
export {
  BoundedInspection,
  DatasetInspection,
  type DuplicateGroup,
  type Histogram,
  type SimilarPicture,
} from "./dataset-inspection.js";
export {
  decodeTrainEvents,
  encodeTrainEvent,
  Logs,
  TrainEvent,
  TrainEventFormatError,
  type TrainEventBody,
  type TrainEventType,
} from "./train-event.js";
export {
  decodePredictions,
  encodePredictions,
  PredictionsFormatError,
  type Predictions,
} from "./predictions.js";
export {
  Calibration,
  type CalibrationBin,
  ClassReport,
  type CurveFamily,
  type CurvePoints,
  EvaluationReport,
  type Interval,
  type JudgedPicture,
  type Slice,
} from "./evaluation-report.js";
export { type ExplainedPicture, ExplanationMethod, Explanations } from "./explanations.js";
export { Projection } from "./projection.js";
export { LabelSetReview, type ReviewedLabelSet } from "./label-set-review.js";
export { LabelReview, type ReviewedLabel } from "./label-review.js";
export {
  RobustnessPart,
  RobustnessReport,
  type AttackCurve,
  type CorruptionAccuracies,
} from "./robustness-report.js";
export { KernelProfile, ProfilePhase, StepProfile } from "./step-profile.js";
export { ArtifactPath } from "./artifact-path.js";
export { RunId } from "./run-id.js";
export { RunRequest } from "./run-request.js";
export { RunClaim } from "./run-claim.js";
export {
  AttemptHolder,
  isDeadHolder,
  machineName,
  startTimeInStat,
  type HostProcesses,
} from "./attempt-holder.js";
export { ModelCard, TestTimeAugmentation } from "./model-card.js";
export { VerificationReport, type Parity, type Verification } from "./verification-report.js";
export { BenchmarkReport, type BenchmarkedEngine } from "./benchmark-report.js";
export { withoutControls } from "./without-controls.js";
export { wireTransformer, wireTransformers } from "./wire.js";
export { ClaimedJob, HeartbeatAnswer, Job, JobKind, WorkerDescription } from "./job.js";
