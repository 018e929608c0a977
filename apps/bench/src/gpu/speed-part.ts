/** How fast a network trains. */
import { measureCalls } from "./measure-calls.js";
import type { Part } from "./run-parts.js";
import { createTrainingStep, type NetworkName } from "./training-step.js";

export interface SpeedPartOptions {
  readonly batchSizes: readonly number[];
  readonly seconds: number;
  readonly dispatchCount: () => number;
}

/** Images per second, the loss read seldom, as the trainer does. */
export function speedPart(name: NetworkName, { batchSizes, seconds, dispatchCount }: SpeedPartOptions): Part {
  return async ({ add, signal }) => {
    for (const batchSize of batchSizes) {
      const step = await createTrainingStep(name, batchSize);
      try {
        step.run().dispose();
        const dispatchesBefore = dispatchCount();
        step.run().dispose();
        const dispatches = dispatchCount() - dispatchesBefore;
        const { ms, queueMs, callsPerRound } = await measureCalls(step.run, { seconds, signal });
        add({
          name: `batch ${batchSize}`,
          value: (batchSize * 1000) / ms.median,
          unit: "images/s",
          details: { msPerStep: ms.median, queueMs, dispatches, rounds: ms.rounds, callsPerRound },
        });
      } finally {
        step.dispose();
      }
    }
  };
}
