/** How far gradients are lifted above what float16 loses: what is below 6e-8 becomes 0 there, and what is below 6e-5 loses bits. */
import type { RunConfig } from "@convkit/schema";

/**
 * A gradient at the logits is below 1 / batch size, since the loss is a mean. Times this and the batch size, it is below 128 and keeps
 * its bits down to a two-millionth of that; kernels clamp what grows beyond 65,504 on its way through the network.
 */
const SCALE_PER_PICTURE = 128;

/** @returns a power of two for runs in f16, so that dividing by it again is exact; 1 for others. */
export function lossScaleFor({ precision, batchSize }: Pick<RunConfig, "precision" | "batchSize">): number {
  return precision === "f16" ? 2 ** Math.ceil(Math.log2(SCALE_PER_PICTURE * batchSize)) : 1;
}
