/** How fast the probe trains. */
import type * as tf from "@tensorflow/tfjs";
import { withTiledInputGradient } from "./kernel-parts.js";
import { type MeasureCallsOptions, measureCalls } from "./measure-calls.js";
import type { Part } from "./run-parts.js";
import { createTrainingStep, type NetworkName } from "./training-step.js";

export interface SpeedPartOptions {
  readonly batchSizes: readonly number[];
  readonly seconds: number;
  readonly dispatchCount: () => number;
}

/** Images per second: with the loss read seldom, read after each step, and with the tiled input gradient. */
export function speedPart(name: NetworkName, { batchSizes, seconds, dispatchCount }: SpeedPartOptions): Part {
  return async ({ add, signal }) => {
    for (const batchSize of batchSizes) {
      const step = await createTrainingStep(name, batchSize);
      try {
        const dispatchesBefore = dispatchCount();
        step.run().dispose();
        const dispatches = dispatchCount() - dispatchesBefore;
        const measure = async (manner: string, run: () => tf.Tensor, more: Partial<MeasureCallsOptions>) => {
          const { ms, queueMs, callsPerRound } = await measureCalls(run, { seconds, signal, ...more });
          add({
            name: `batch ${batchSize}${manner}`,
            value: (batchSize * 1000) / ms.median,
            unit: "images/s",
            details: { msPerStep: ms.median, queueMs, dispatches, rounds: ms.rounds, callsPerRound },
          });
        };
        await measure("", step.run, {});
        await measure(", loss read at every step", step.run, { callsPerRound: 1 });
        await measure(", tiled input gradient", () => withTiledInputGradient(step.run), {});
      } finally {
        step.dispose();
      }
    }
  };
}
