/** Step events, throttled by count alone, so that a run's journal names the same steps every time. */
import type { TrainEventBody } from "@convkit/schema";
import type { LogValues } from "./callback.js";

/** Of each epoch: its first step, every n-th with n = ⌈steps / 100⌉, and its last. */
const EVENTS_PER_EPOCH = 100;

interface CountedStep {
  readonly epoch: number;
  readonly step: number;
  readonly logs: LogValues;
  readonly images: number;
}

export class StepEvents {
  readonly #stepsPerEpoch: number;
  readonly #emit: (event: TrainEventBody) => void;
  readonly #interval: number;
  #images = 0;
  #sinceMs = performance.now();

  constructor(stepsPerEpoch: number, emit: (event: TrainEventBody) => void) {
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#emit = emit;
    this.#interval = Math.ceil(stepsPerEpoch / EVENTS_PER_EPOCH);
  }

  /** Restarts the clock, so that validation and checkpoints between epochs do not count as training time. */
  startEpoch(): void {
    this.#images = 0;
    this.#sinceMs = performance.now();
  }

  /** `imagesPerSecond` is over the time since the event before, waiting for data included. */
  count({ epoch, step, logs, images }: CountedStep): void {
    this.#images += images;
    const stepInEpoch = step - (epoch - 1) * this.#stepsPerEpoch;
    const isDue =
      stepInEpoch === 1 || stepInEpoch === this.#stepsPerEpoch || stepInEpoch % this.#interval === 0;
    if (!isDue) return;
    const elapsedMs = performance.now() - this.#sinceMs;
    this.#emit({ type: "step", epoch, step, logs, imagesPerSecond: (this.#images / elapsedMs) * 1000 });
    this.startEpoch();
  }
}
