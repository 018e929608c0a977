export { train, resume } from "./train.js";
export { evaluateRun, type EvaluateRunResult } from "./evaluate-run.js";
export type {
  CheckpointInterval,
  DataProgress,
  EngineDescription,
  EpochRecord,
  RunOptions,
  TrainOptions,
  TrainResult,
} from "./run-options.js";
