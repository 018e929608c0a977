/** What may watch the loop and end it. Keras's callbacks, with state that is JSON and stands in checkpoints. */
import type { Checkpoint } from "./checkpoint.js";

/** Why a loop ends. */
export interface Ending {
  readonly status: "completed" | "stopped" | "interrupted" | "failed";
  readonly reason: string;
}

/** How a run ends that an AbortSignal ends. */
export function interrupted({ reason }: AbortSignal): Ending {
  return { status: "interrupted", reason: reason instanceof Error ? reason.message : String(reason) };
}

/** Keras's names: loss, accuracy, val_loss, val_accuracy, learning_rate. */
export type LogValues = Readonly<Record<string, number>>;

export interface CallbackContext {
  /** Counts from 1. */
  readonly epoch: number;
  /** Updates done. */
  readonly step: number;
  /** Of the step after a step, of the epoch (with `val_`) at its end, empty at the end of training. */
  readonly logs: LogValues;
  /** Whether no later step has begun: only then are weights and `snapshot()` those of this one. See `needsStep`. */
  readonly isLatest: boolean;
  /** Ids of the pictures that the step was of; none at an epoch's end and at the end of training. */
  batchIds(): readonly string[];
  /** Ends training well after this step, or the latest one if later ones have begun, or this epoch; the run is still judged. */
  stop(reason: string): void;
  /** Ends training at once as a failure. */
  fail(reason: string): void;
  /** Everything a later process needs to go on from here. @throws {Error} unless this is the latest step. */
  snapshot(): Promise<Checkpoint>;
}

export interface Callback<State = unknown> {
  /** Key of its state in a checkpoint; unique within a run. */
  readonly name: string;
  /** After every update, in their order. */
  onStepEnd?(context: CallbackContext): void | Promise<void>;
  /**
   * Whether it has to hear of this step before the next one begins, since it looks at weights, takes a snapshot, measures time
   * or ends training there. Of other steps it may hear a few later where the backend computes behind the program, which
   * waiting for each would let run dry. Asked when the step is done. Left out: of every step, if there is an `onStepEnd`.
   */
  needsStep?(step: number): boolean;
  /** After validation and the `epochEnded` event. */
  onEpochEnd?(context: CallbackContext): void | Promise<void>;
  /** Once, with the reason why the loop ended. */
  onTrainEnd?(context: CallbackContext & { readonly ending: Ending }): void | Promise<void>;
  /** A JSON value. */
  getState?(): State;
  setState?(state: State): void;
}
