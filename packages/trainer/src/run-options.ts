/** What every entry point that works on a run's folder takes, and what it gives back. */
import type { DatasetProgress } from "@convkit/data";
import type { EngineName, EvaluationReport, TrainEvent } from "@convkit/schema";
import type { StepProfileOptions } from "./step-profiler.js";

/** The backend the caller opened; `openEngine` of @convkit/engine returns one. The trainer never picks it. */
export interface EngineDescription {
  readonly name: EngineName;
  readonly device: string;
  /** Whether it computes on a graphics card, whose use and memory are then watched. Default: false. */
  readonly onGpu?: boolean;
  /** null where the backend does not say. */
  readonly threads: number | null;
  readonly versions: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Folder that holds `runs/` and `datasets/`. */
  readonly home: string;
  readonly engine: EngineDescription;
  /** Every event, after it stands in the journal, where it does. An exception thrown here ends the run. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborting finishes the step, saves `checkpoints/last` and ends the run as `interrupted`. */
  readonly signal?: AbortSignal;
  /** Progress of fetching the data set. */
  readonly onDataProgress?: (progress: DatasetProgress) => void;
  /** When to save within an epoch, besides at its end. Default: every 5 minutes. */
  readonly checkpointEvery?: CheckpointInterval;
  /** Measures some steps of this attempt into `profile.json` in the run's folder, and says in a message what it found. */
  readonly profile?: StepProfileOptions;
  /** What the config's time budget is measured by, in milliseconds. Default: the process's own clock. */
  readonly clock?: () => number;
  /** Worker threads that load pictures. Default: the loader's own. */
  readonly loaderWorkers?: number;
}

/** Whichever comes first; neither changes the weights a run ends with. */
export interface CheckpointInterval {
  readonly steps?: number;
  readonly minutes?: number;
}

export interface TrainOptions extends RunOptions, AttemptOptions {
  /** Name of the run's folder in `<home>/runs`. Default: the time and a few random digits. */
  readonly runId?: string;
  /** Where the run lies, instead: the path's last part is the run's id. */
  readonly runDirectory?: string;
}

export interface ResumeOptions extends RunOptions, AttemptOptions {
  /** Takes a run out of its queue's hands. Default: false. */
  readonly detach?: boolean;
}

/** For the worker of a queue, which alone may go on with a run that belongs to it. */
export interface AttemptOptions {
  /** Number of the attempt, greater than those in the run's journal. Default: the next one. */
  readonly attempt?: number;
}

/** Keras's names: loss, accuracy, val_loss, val_accuracy, learning_rate. */
export interface EpochRecord {
  readonly epoch: number;
  /** Updates done when the epoch ended. */
  readonly step: number;
  readonly durationMs: number;
  readonly logs: Readonly<Record<string, number>>;
}

export interface TrainResult {
  readonly runId: string;
  readonly directory: string;
  /**
   * stopped: early stopping, or a request to stop; interrupted: the signal, or a request to cancel, so `resume` goes on;
   * failed: the loss became NaN.
   */
  readonly status: "completed" | "stopped" | "interrupted" | "failed";
  readonly reason: string;
  /** Folder of the classifier; absent when interrupted or failed. */
  readonly modelDirectory?: string;
  /**
   * Of the test split (of validation where there is none); absent where there is neither, and when interrupted or
   * failed.
   */
  readonly report?: EvaluationReport;
  readonly history: readonly EpochRecord[];
}
