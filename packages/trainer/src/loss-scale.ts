/** How far gradients are lifted above what float16 loses: what is below 6e-8 becomes 0 there, and what is below 6e-5 loses bits. */
import type { Precision } from "@convkit/schema";

/**
 * A gradient at the logits is below 1 / batch size where pictures count alike, since the loss is a mean. Times this and the batch size,
 * it is below 128 and keeps its bits down to a two-millionth of that; kernels clamp what grows beyond 65,504 on its way.
 */
const SCALE_PER_PICTURE = 128;

/** @returns a power of two for a batch of so many pictures, so that dividing by it again is exact; undefined: nothing is scaled. */
export function lossScaleFor(precision: Precision | undefined): ((pictures: number) => number) | undefined {
  if (precision !== "f16") return undefined;
  return (pictures) => 2 ** Math.floor(Math.log2(SCALE_PER_PICTURE * pictures));
}
