/** Which exit code an error has, by its class's name: a command must not load tfjs to find out. */
import { EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { InterruptedError } from "./process/process-errors.js";

/** Classes of every package whose errors are not this program's fault, by what was at fault. */
export const EXIT_CODE_OF_ERROR: Readonly<Record<string, ExitCode>> = {
  BrowserPictureError: EXIT_CODES.failed,
  CheckpointCorruptError: EXIT_CODES.failed,
  CheckpointVersionError: EXIT_CODES.failed,
  DashboardMissingError: EXIT_CODES.failed,
  FoldFailedError: EXIT_CODES.failed,
  FileChangedError: EXIT_CODES.failed,
  GpuInternalError: EXIT_CODES.failed,
  GpuOutOfMemoryError: EXIT_CODES.failed,
  GpuValidationError: EXIT_CODES.failed,
  InvalidPredictionsError: EXIT_CODES.failed,
  JournalCorruptError: EXIT_CODES.failed,
  OutOfMemoryError: EXIT_CODES.failed,
  PredictionsFormatError: EXIT_CODES.failed,
  SafetensorsFormatError: EXIT_CODES.failed,
  SweepFailedError: EXIT_CODES.failed,
  SweepJournalError: EXIT_CODES.failed,
  TensorMemoryError: EXIT_CODES.failed,
  TrainEventFormatError: EXIT_CODES.failed,
  WorkerEndedError: EXIT_CODES.failed,

  ArraysMismatchError: EXIT_CODES.usage,
  BaselineMismatchError: EXIT_CODES.usage,
  LossMismatchError: EXIT_CODES.usage,
  ClassWeightsError: EXIT_CODES.usage,
  ClassifierFilesError: EXIT_CODES.usage,
  ClassifierOutputError: EXIT_CODES.usage,
  ConfigError: EXIT_CODES.usage,
  CustomTransformError: EXIT_CODES.usage,
  ForkError: EXIT_CODES.usage,
  GpuChoiceError: EXIT_CODES.usage,
  ImageShapeMismatchError: EXIT_CODES.usage,
  ImageSizeRequiredError: EXIT_CODES.usage,
  InvalidThreadCountError: EXIT_CODES.usage,
  MetricNotComparedError: EXIT_CODES.usage,
  ModelConfigError: EXIT_CODES.usage,
  NoFeatureMapsError: EXIT_CODES.usage,
  NotARunError: EXIT_CODES.usage,
  NothingToJudgeError: EXIT_CODES.usage,
  PredictionsMissingError: EXIT_CODES.usage,
  PretrainedWeightsError: EXIT_CODES.usage,
  RunClaimedError: EXIT_CODES.usage,
  RunFinishedError: EXIT_CODES.usage,
  RunFolderExistsError: EXIT_CODES.usage,
  RunNotFoundError: EXIT_CODES.usage,
  RunUnfinishedError: EXIT_CODES.usage,
  SamplingError: EXIT_CODES.usage,
  ServerAddressError: EXIT_CODES.usage,
  ShapeError: EXIT_CODES.usage,
  SheetSizeError: EXIT_CODES.usage,
  StageError: EXIT_CODES.usage,
  StaleAttemptError: EXIT_CODES.usage,
  TestDataMismatchError: EXIT_CODES.usage,
  TooFewRunsError: EXIT_CODES.usage,
  TooFewValuesError: EXIT_CODES.usage,
  TransformModuleError: EXIT_CODES.usage,
  UnknownClassError: EXIT_CODES.usage,
  UnknownEngineError: EXIT_CODES.usage,
  UnknownIsaError: EXIT_CODES.usage,
  UnknownMetricError: EXIT_CODES.usage,
  UnknownModelError: EXIT_CODES.usage,
  UnmeasurableMetricError: EXIT_CODES.usage,
  UserModuleError: EXIT_CODES.usage,
  WeightPatternError: EXIT_CODES.usage,

  ClassifierInputError: EXIT_CODES.data,
  ContentHashMismatchError: EXIT_CODES.data,
  DatasetFormatError: EXIT_CODES.data,
  DatasetNotFoundError: EXIT_CODES.data,
  DatasetPackError: EXIT_CODES.data,
  DatasetUnavailableError: EXIT_CODES.data,
  DiskSpaceError: EXIT_CODES.data,
  AnnotationsHashMismatchError: EXIT_CODES.data,
  TooManyBadFilesError: EXIT_CODES.data,
  FetchError: EXIT_CODES.data,
  ImageDecodeError: EXIT_CODES.data,
  PicturesNotFoundError: EXIT_CODES.data,

  BrowserUnavailableError: EXIT_CODES.engine,
  Bf16UnavailableError: EXIT_CODES.engine,
  EngineCannotTrainError: EXIT_CODES.engine,
  EngineUnavailableError: EXIT_CODES.engine,
  NativeBinaryLoadError: EXIT_CODES.engine,
  NativeBinaryMissingError: EXIT_CODES.engine,
  PrecisionUnavailableError: EXIT_CODES.engine,

  GpuDeviceLostError: EXIT_CODES.processDied,
  ProcessDiedError: EXIT_CODES.processDied,

  RunBusyError: EXIT_CODES.busy,
  SweepBusyError: EXIT_CODES.busy,

  NotAuthorizedError: EXIT_CODES.server,
  ServerError: EXIT_CODES.server,
  ServerUnreachableError: EXIT_CODES.server,
};

/** @returns the error's number, else that of what caused it, else `failed`. */
export function exitCodeOfError(error: Error): ExitCode {
  return foreseenCode(error) ?? EXIT_CODES.failed;
}

/** Whether the message alone helps: the class is one that somebody throws on purpose. */
export function isForeseen(error: Error): boolean {
  return foreseenCode(error) !== undefined;
}

function foreseenCode(error: Error): ExitCode | undefined {
  if (error instanceof InterruptedError) return error.exitCode;
  const own = EXIT_CODE_OF_ERROR[error.name];
  return own ?? (error.cause instanceof Error ? foreseenCode(error.cause) : undefined);
}
