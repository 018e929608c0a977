/** Numerical gradients to check analytical ones against. */
import * as tf from "@tensorflow/tfjs";

/**
 * Central differences of a scalar function, (f(x + h) − f(x − h)) / 2h, one element at a time.
 *
 * @param h float32 rounding puts an error of about 1e-7 · f / h into the result, curvature one of h².
 */
export async function finiteDifference(
  f: (x: tf.Tensor) => tf.Scalar,
  x: tf.Tensor,
  h = 1e-2,
): Promise<number[]> {
  const values = (await x.data()).slice();
  const at = async (i: number, moveTo: number): Promise<number> => {
    const moved = values.slice();
    moved[i] = moveTo;
    const loss = tf.tidy(() => f(tf.tensor(moved, x.shape)));
    const [value] = await loss.data();
    loss.dispose();
    return value as number;
  };
  return Promise.all(
    Array.from(values, async (value, i) => ((await at(i, value + h)) - (await at(i, value - h))) / (2 * h)),
  );
}

/** The largest absolute difference between two lists of the same length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new Error(`Expected equal lengths. Received: ${a.length} and ${b.length}.`);
  return Array.from(a).reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))),
    0,
  );
}
