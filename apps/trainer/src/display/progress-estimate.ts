/** How far a run is and how long it still takes, from its events alone. */
import type { TrainEvent } from "@convkit/schema";

export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Of the run, 0…1: by its steps, or by its time budget where that is nearer to its end. */
  readonly done: number;
  /** null until two steps have been seen. */
  readonly timeLeftMs: number | null;
  /** null where the run has none. */
  readonly budgetMs: number | null;
  readonly imagesPerSecond: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
}

type StepEvent = Extract<TrainEvent, { type: "step" }>;

/**
 * Follows one attempt of a run. The time left counts validation too: it is wall time since the first step, per step. A time
 * budget ends a run before its epochs do if it is shorter; what earlier attempts used of it is taken to be as long as as
 * many steps take now.
 */
export class ProgressEstimate {
  #totalSteps = 0;
  #epochs = 0;
  #budgetMs: number | null = null;
  /** Where and when the attempt began. */
  #begun = { step: 0, atMs: 0 };
  #first: StepEvent | null = null;
  #epoch = { number: 0, steps: 0, loss: 0, accuracy: 0 };

  /** @returns the progress, at each `step` event; undefined at every other. */
  update(event: TrainEvent): Progress | undefined {
    if (event.type === "runStarted") {
      this.#epochs = event.config.epochs;
      this.#totalSteps = event.stepsPerEpoch * event.config.epochs;
      const { timeBudget } = event.config;
      this.#budgetMs = timeBudget === undefined ? null : timeBudget * 60_000;
      this.#begun = { step: 0, atMs: event.timestamp };
    }
    if (event.type === "resumed") this.#begun = { step: event.fromStep, atMs: event.timestamp };
    return event.type === "step" ? this.#step(event) : undefined;
  }

  #step(event: StepEvent): Progress {
    this.#first ??= event;
    const steps = event.step - this.#first.step;
    const stepMs = steps === 0 ? null : (event.timestamp - this.#first.timestamp) / steps;
    const stepsLeftMs = stepMs === null ? null : stepMs * (this.#totalSteps - event.step);
    const usedMs = event.timestamp - this.#begun.atMs + this.#begun.step * (stepMs ?? 0);
    const budgetMs = this.#budgetMs;
    const budgetLeftMs = budgetMs === null ? Infinity : Math.max(0, budgetMs - usedMs);
    const budgetDone = budgetMs === null ? 0 : usedMs / budgetMs;
    if (this.#epoch.number !== event.epoch) {
      this.#epoch = { number: event.epoch, steps: 0, loss: 0, accuracy: 0 };
    }
    this.#epoch.steps += 1;
    this.#epoch.loss += event.logs["loss"] ?? Number.NaN;
    this.#epoch.accuracy += event.logs["accuracy"] ?? Number.NaN;
    return {
      step: event.step,
      totalSteps: this.#totalSteps,
      epoch: event.epoch,
      epochs: this.#epochs,
      done: Math.min(1, Math.max(event.step / this.#totalSteps, budgetDone)),
      timeLeftMs: stepsLeftMs === null ? null : Math.min(stepsLeftMs, budgetLeftMs),
      budgetMs,
      imagesPerSecond: event.imagesPerSecond,
      loss: this.#epoch.loss / this.#epoch.steps,
      accuracy: this.#epoch.accuracy / this.#epoch.steps,
    };
  }
}
