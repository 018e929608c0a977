/** Moving averages, of weights and of batches' statistics, as one op per average. */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import { MoveTowards, type MoveTowardsAttrs, type MoveTowardsInputs } from "./kernel-names.js";

/**
 * One step; the formula stands at `MoveTowards` in kernel-names.
 *
 * @param inputs float32 of one shape. They are left as they are.
 * @returns the new average, which the caller disposes.
 */
export function moveTowards(inputs: MoveTowardsInputs<tf.Tensor>, attrs: MoveTowardsAttrs): [tf.Tensor] {
  const fused = runFusedKernel(MoveTowards, inputs, attrs);
  if (fused) return fused as [tf.Tensor];

  const { average } = inputs;
  const { share, factor = 1 } = attrs;
  return tf.tidy(() => {
    const value = factor === 1 ? inputs.value : tf.mul(inputs.value, factor);
    return [tf.add(average, tf.mul(tf.sub(value, average), share))];
  });
}
