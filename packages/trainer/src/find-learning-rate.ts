/** The learning-rate finder: a few steps of a run that is thrown away, at rates from very small to far too large. */
import { RunConfig, type RunConfigInput } from "@convkit/schema";
import type { Callback } from "./callback.js";
import { fit } from "./fit.js";
import {
  LearningRateCurve,
  rateOfStep,
  suggestLearningRate,
  type LearningRatePoint,
  type LearningRateSuggestion,
  type RateRange,
} from "./learning-rate-curve.js";
import { lossScaleFor } from "./loss-scale.js";
import { createLoss } from "./loss.js";
import { openRunData } from "./run-data.js";
import type { RunOptions } from "./run-options.js";
import { assembleRun } from "./run-parts.js";

export interface FindLearningRateOptions extends Pick<
  RunOptions,
  "home" | "signal" | "onDataProgress" | "loaderWorkers"
> {
  /** Default: 100 steps from 1e-6 to 10. */
  readonly range?: Partial<RateRange>;
  readonly onStep?: (point: LearningRatePoint, step: number) => void;
}

export interface LearningRateRange {
  readonly points: readonly LearningRatePoint[];
  /** Whether it ended before the last step, since the loss had become four times the best, or no number. */
  readonly isDiverged: boolean;
  /** null where the loss never fell. */
  readonly suggestion: LearningRateSuggestion | null;
}

/**
 * Trains by the config's network, data, loss and optimizer, each step at a higher rate, and writes nothing. Averages
 * (`ema`, `lookahead`), the schedule, `epochs` and the config's callbacks have no part in it.
 *
 * @throws what `train` throws of the config and its data; the signal's reason, once it is aborted.
 */
export async function findLearningRate(
  config: RunConfigInput,
  options: FindLearningRateOptions,
): Promise<LearningRateRange> {
  const range = { from: 1e-6, to: 10, steps: 100, ...options.range };
  const { signal, onStep, loaderWorkers: workers } = options;
  const data = await openRunData(RunConfig.parse(config), options);
  const parts = await assembleRun(data, { resumeFrom: null, workers });
  const { model, optimizer, loader, accumulate, stepsPerEpoch, rng } = parts;
  const curve = new LearningRateCurve();
  let isDiverged = false;
  const watching: Callback = {
    name: "learningRateFinder",
    onStepEnd({ logs, step, stop }) {
      if (isDiverged) return;
      isDiverged = curve.add(rateOfStep(step - 1, range), logs.loss!);
      const point = curve.points.at(-1);
      if (point && curve.points.length === step) onStep?.(point, step);
      if (isDiverged) stop("diverged");
    },
    needsStep: () => false,
  };
  try {
    await fit({
      ...{ model, optimizer, loader, accumulate, rng },
      schedule: (step) => rateOfStep(step, range),
      epochs: Math.ceil(range.steps / stepsPerEpoch),
      lastStep: () => range.steps,
      loss: createLoss(data.config.loss),
      clipping: data.config.gradientClipping,
      lossScale: lossScaleFor(data.config.precision),
      callbacks: [watching],
      ...(signal && { signal }),
    });
    signal?.throwIfAborted();
    return { points: curve.points, isDiverged, suggestion: suggestLearningRate(curve.points) };
  } finally {
    await parts.dispose();
  }
}
