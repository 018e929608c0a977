/**
 * Steps that are done and not counted yet: a backend that computes behind the program, as a GPU does, has nothing to do whenever
 * the loop waits for a step's loss. So a few are always on their way; they are counted, told and logged in their order, as if
 * each had been waited for.
 */
import * as tf from "@tensorflow/tfjs";
import type { DoneStep, LoopState } from "./loop-state.js";
import type { StepEvents } from "./step-events.js";
import type { StepMetrics } from "./train-step.js";

/** Enough to hide a pause of the program; each holds its pictures in memory until it is computed. */
const USUAL_STEPS_IN_FLIGHT = 4;

/** By what the backend in use says of itself: 1 where it computes before an op returns. */
export function usualStepsInFlight(): number {
  const { computesLater = false } = tf.backend() as tf.KernelBackend & { readonly computesLater?: boolean };
  return computesLater ? USUAL_STEPS_IN_FLIGHT : 1;
}

export interface DoneBatch {
  readonly metrics: Promise<StepMetrics>;
  readonly ids: readonly string[];
  readonly images: number;
  /** The update that it completed, if it did. */
  readonly completed: DoneStep | undefined;
}

export class StepsInFlight {
  readonly #state: LoopState;
  readonly #events: StepEvents;
  readonly #most: number;
  #batches: DoneBatch[] = [];

  /** @param most batches that are not read at a time, the one at hand included; at 1 each is read before the next. */
  constructor(state: LoopState, events: StepEvents, most: number) {
    this.#state = state;
    this.#events = events;
    this.#most = most;
  }

  /** Waits, where there are as many as may be, until the first of them is read. */
  async add(batch: DoneBatch): Promise<void> {
    // Whoever waits for it later hears of its error, and nobody does if an earlier one fails.
    batch.metrics.catch(() => undefined);
    this.#batches.push(batch);
    await this.#batches.at(-this.#most)?.metrics;
  }

  /** Counts steps, tells of them, and leaves those in flight that may be: none if a callback needs the latest. */
  async count(): Promise<void> {
    await this.#countDownTo(this.#state.isNeeded(this.#state.step) ? 0 : this.#most - 1);
  }

  /** Counts all that there are. */
  async land(): Promise<void> {
    await this.#countDownTo(0);
  }

  /** Waits for what is left behind a failure, and forgets it. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#batches.splice(0).map(({ metrics }) => metrics));
  }

  async #countDownTo(left: number): Promise<void> {
    while (this.#batches.length > left && this.#state.ending?.status !== "failed") {
      const { metrics, completed, ...batch } = this.#batches.shift()!;
      this.#state.countBatch(await metrics, batch);
      if (!completed) continue;
      const { logs, images } = this.#state.countStep(completed);
      this.#events.count({ ...completed, logs, images });
      await this.#state.notify("onStepEnd", logs);
    }
  }
}
