/**
 * Ends a run whose loss is no longer a number: every weight is ruined from then on. Keras's TerminateOnNaN, which tells
 * of the pictures besides: one that is broken is found by them.
 */
import type { Callback, CallbackContext } from "./callback.js";

export interface RuinedBatch {
  readonly metric: string;
  readonly value: number;
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  /** Of the step's pictures; empty where it shows at an epoch's end. */
  readonly ids: readonly string[];
}

export interface TerminateOnNaNOptions {
  /** Called before the run ends, to write down what it ended with. */
  readonly onRuined?: (batch: RuinedBatch) => void | Promise<void>;
}

/** Of the step's pictures, so many stand in the reason. */
const TOLD_IDS = 3;

/** Watches `loss` after every step and all logs at an epoch's end. */
export function terminateOnNaN({ onRuined }: TerminateOnNaNOptions = {}): Callback<never> {
  async function check({ epoch, step, logs, batchIds, fail }: CallbackContext): Promise<void> {
    const ruined = Object.entries(logs).find(([, number]) => !Number.isFinite(number));
    if (!ruined) return;
    const [metric, value] = ruined;
    const { learning_rate: learningRate = Number.NaN } = logs;
    const ids = batchIds();
    fail(
      `${metric} became ${value} at step ${step} (epoch ${epoch}, learning rate ${learningRate}): ` +
        `training diverged. Lower the learning rate or lengthen the warm-up.${describePictures(ids)}`,
    );
    await onRuined?.({ metric, value, step, epoch, learningRate, ids });
  }
  // A few steps later is soon enough: what they were is told all the same, and nothing is saved before.
  return { name: "terminateOnNaN", onStepEnd: check, needsStep: () => false, onEpochEnd: check };
}

function describePictures(ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const told = ids.slice(0, TOLD_IDS).join(", ");
  const more = ids.length - TOLD_IDS;
  return ` The step was of ${told}${more > 0 ? ` and ${more} more pictures` : ""}.`;
}
