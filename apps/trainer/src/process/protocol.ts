/**
 * What the command and its training process say to each other, over Node's IPC channel with structured clones
 * (so NaN stays NaN). Both ends are this package at one version, so the types are the whole contract.
 */
import type { EngineDescription } from "@convkit/engine";
import type { EnginePreference, RunConfig, TrainEvent } from "@convkit/schema";
import type { DataProgress, ResumeOptions, StepMeasurement, TrainOptions } from "@convkit/trainer";

/** What the child is started for. */
export type TrainingJob =
  | RunJob
  /** Some steps that are thrown away. */
  | { readonly kind: "measure"; readonly home: string; readonly config: RunConfig };

/** Of these there is a run, or will be. */
export type RunJob =
  | ({ readonly kind: "train"; readonly config: RunConfig } & Pausing &
      Pick<TrainOptions, "home" | "runId" | "runDirectory" | "attempt" | "profile">)
  | ({ readonly kind: "resume" } & StoredRun & Pausing & Pick<ResumeOptions, "attempt" | "detach">)
  | ({ readonly kind: "evaluate" } & StoredRun);

interface Pausing {
  /** The run is interrupted once so many epochs are done and saved, and can be resumed. Default: never. */
  readonly pauseAfterEpoch?: number | undefined;
}

interface StoredRun {
  readonly home: string;
  /** The run's folder. */
  readonly directory: string;
  /** Instead of the engine the run's config asks for. */
  readonly engine: EnginePreference | undefined;
}

export type ParentMessage =
  | { readonly type: "start"; readonly job: TrainingJob }
  /** Finish the step, save, end the run as interrupted; the journal keeps the reason. */
  | { readonly type: "stop"; readonly reason: string };

export type ChildMessage =
  | { readonly type: "engine"; readonly engine: EngineDescription }
  | { readonly type: "dataProgress"; readonly progress: DataProgress }
  | { readonly type: "note"; readonly text: string }
  | { readonly type: "event"; readonly event: TrainEvent }
  | { readonly type: "result"; readonly result: ResultOf<TrainingJob> }
  /** Ended before there was a result, because it was asked to stop. */
  | { readonly type: "aborted" }
  | { readonly type: "error"; readonly error: JobError };

/** The child's last word, whichever it is. */
export type ChildOutcome = Extract<ChildMessage, { type: "result" | "aborted" | "error" }>;

/** What a job of this type ends with. */
export type ResultOf<Job extends TrainingJob> = Job extends RunJob ? JobResult : StepMeasurement;

export interface JobResult {
  readonly runId: string;
  readonly directory: string;
  readonly status: "completed" | "stopped" | "interrupted" | "failed";
  readonly reason: string;
  /** Fraction of the judged pictures; absent where nothing was judged. */
  readonly accuracy?: number;
  /** Where pictures have any number of labels; the accuracy is then that of their labels. */
  readonly meanAveragePrecision?: number;
  readonly loss?: number;
  readonly testCount?: number;
  readonly split?: string;
}

/** An error as it travels: a clone of one would lose its class's name. */
export interface JobError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of the system's errors, such as ENOSPC. */
  readonly code: string | undefined;
  readonly cause: JobError | undefined;
}

export function packError(thrown: unknown): JobError {
  const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { name, message, stack, code, cause } = error;
  return { name, message, stack, code, cause: cause instanceof Error ? packError(cause) : undefined };
}

export function unpackError({ name, message, stack, code, cause }: JobError): Error {
  const error = new Error(message, cause && { cause: unpackError(cause) });
  return Object.assign(error, { name, stack, ...(code !== undefined && { code }) });
}
