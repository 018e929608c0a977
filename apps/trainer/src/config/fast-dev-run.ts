/**
 * A config cut down to two batches of everything, to find mistakes before a long run does: PyTorch Lightning's
 * `fast_dev_run`. Differs in that nothing is left out: checkpoints, judgement, report and classifier are written, too, as
 * they are where such mistakes hide. The run stays, with a label to find and delete it by.
 */
import type { RunConfig } from "@convkit/schema";

const BATCHES = 2;
const TAG = "fast-dev-run";

/** One epoch of two steps, two batches to validate on and two to judge on. */
export function fastDevRun(config: RunConfig): RunConfig {
  const { data, batchSize, accumulate = 1, tags } = config;
  const { limit } = data;
  const pictures = BATCHES * batchSize;
  const atMost = (count: number, given: number | undefined): number => Math.min(count, given ?? count);
  return {
    ...config,
    epochs: 1,
    tags: [...new Set([...tags, TAG])],
    data: {
      ...data,
      limit: {
        train: atMost(pictures * accumulate, limit.train),
        validation: atMost(pictures, limit.validation),
        test: atMost(pictures, limit.test),
      },
    },
  };
}
