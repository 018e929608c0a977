/** The pictures of a split in groups small enough to be explained, or interrupted, in a moment. */
import { setImmediate } from "node:timers/promises";
import type { DatasetSplit } from "@convkit/data";
import type * as tf from "@tensorflow/tfjs";
import { imagesTensor } from "./batch-tensors.js";
import type { JudgedRun } from "./judged-run.js";

/** Of pictures whose gradients are asked for. */
const GROUP_SIZE = 16;

export interface GroupsOptions {
  readonly run: JudgedRun;
  readonly split: DatasetSplit;
  readonly signal: AbortSignal | undefined;
  /** Most pictures in a group; a loader's batch may have fewer. Default: 16. */
  readonly size?: number;
}

/**
 * Calls `work` with the network's inputs, float32 [n, H, W, C], which it does not keep, and the place of the first in the split.
 *
 * @throws the signal's reason, once it is aborted.
 */
export async function eachGroup(
  { run, split, signal, size: most = GROUP_SIZE }: GroupsOptions,
  work: (inputs: tf.Tensor4D, start: number) => Promise<void>,
): Promise<void> {
  const loader = await run.openLoader(split);
  try {
    let start = 0;
    for await (const batch of loader.epoch(0)) {
      const inputs = imagesTensor(batch);
      try {
        for (let first = 0; first < batch.ids.length; first += most) {
          // Pictures in memory are worked on without ever waiting: a signal would not come in.
          await setImmediate();
          signal?.throwIfAborted();
          const size = Math.min(most, batch.ids.length - first);
          const group = inputs.slice(first, size);
          await work(group, start + first).finally(() => group.dispose());
        }
      } finally {
        inputs.dispose();
      }
      start += batch.ids.length;
    }
  } finally {
    await loader.close();
  }
}
