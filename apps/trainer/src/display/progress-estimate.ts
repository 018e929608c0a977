/** How far a run is and how long it still takes, from its events alone. */
import type { TrainEvent } from "@convkit/schema";

export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** null until two steps have been seen. */
  readonly timeLeftMs: number | null;
  readonly imagesPerSecond: number;
  /** Means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
}

type StepEvent = Extract<TrainEvent, { type: "step" }>;

/** Follows one attempt of a run. The time left counts validation too: it is wall time since the first step, per step. */
export class ProgressEstimate {
  #totalSteps = 0;
  #epochs = 0;
  #first: StepEvent | null = null;
  #epoch = { number: 0, steps: 0, loss: 0, accuracy: 0 };

  /** @returns the progress, at each `step` event; undefined at every other. */
  update(event: TrainEvent): Progress | undefined {
    if (event.type === "runStarted") {
      this.#epochs = event.config.epochs;
      this.#totalSteps = event.stepsPerEpoch * event.config.epochs;
    }
    return event.type === "step" ? this.#step(event) : undefined;
  }

  #step(event: StepEvent): Progress {
    this.#first ??= event;
    const steps = event.step - this.#first.step;
    const elapsedMs = event.timestamp - this.#first.timestamp;
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
      timeLeftMs: steps === 0 ? null : (elapsedMs / steps) * (this.#totalSteps - event.step),
      imagesPerSecond: event.imagesPerSecond,
      loss: this.#epoch.loss / this.#epoch.steps,
      accuracy: this.#epoch.accuracy / this.#epoch.steps,
    };
  }
}
