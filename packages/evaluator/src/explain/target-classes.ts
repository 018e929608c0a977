/** Which class each picture is explained for: what was asked, or what the network says of it. */
import type * as tf from "@tensorflow/tfjs";

/** One class for all pictures, or one for each; left out, the class of the largest logit. */
export type TargetClasses = number | ArrayLike<number>;

/**
 * Those of the pictures from `start` on that `logits` [N, K] are of.
 *
 * @throws {RangeError} if a class is none of the network's, or there are fewer than pictures.
 */
export async function targetClasses(
  logits: tf.Tensor2D,
  asked: TargetClasses | undefined,
  start: number,
): Promise<number[]> {
  const [count, classCount] = logits.shape;
  if (asked === undefined) {
    const values = await logits.data<"float32">();
    return Array.from({ length: count }, (_, i) =>
      largest(values.subarray(i * classCount, (i + 1) * classCount)),
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const index = typeof asked === "number" ? asked : asked[start + i];
    if (index !== undefined && Number.isInteger(index) && index >= 0 && index < classCount) return index;
    throw new RangeError(
      `Expected a class from 0 to ${classCount - 1} for picture ${start + i}. Received: ${index}.`,
    );
  });
}

function largest(values: Float32Array): number {
  let best = 0;
  for (const [index, value] of values.entries()) if (value > values[best]!) best = index;
  return best;
}
