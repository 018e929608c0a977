export { AnyNumber, stringifyWithSpelledNumbers } from "./finite.js";
export {
  BuiltinTransformSpec,
  DataSpec,
  EngineName,
  EnginePreference,
  LayerSpec,
  ModelSpec,
  ModuleSpec,
  OptimizerSpec,
  RunConfig,
  ScheduleSpec,
  TransformSpec,
  type RunConfigInput,
} from "./run-config.js";
export { DatasetCard, SplitName } from "./dataset-card.js";
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
export { ClassReport, EvaluationReport } from "./evaluation-report.js";
export { ModelCard } from "./model-card.js";
