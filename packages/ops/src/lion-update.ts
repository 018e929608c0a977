/**
 * Lion, whose steps are as long in every direction, with decoupled weight decay, as one op per parameter.
 * Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2, https://arxiv.org/abs/2302.06675
 */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import {
  LionUpdate,
  type LionUpdateAttrs,
  type LionUpdateInputs,
  type LionUpdateOutputs,
} from "./kernel-names.js";

/**
 * One step; the formula stands at `LionUpdate` in kernel-names.
 *
 * @param inputs float32 of one shape; `average` is 0 before the first step. They are left as they are.
 * @returns the new parameter and average; the caller assigns and disposes them.
 */
export function lionUpdate(
  inputs: LionUpdateInputs<tf.Tensor>,
  attrs: LionUpdateAttrs,
): LionUpdateOutputs<tf.Tensor> {
  const fused = runFusedKernel(LionUpdate, inputs, attrs);
  if (fused) return fused as LionUpdateOutputs<tf.Tensor>;

  const { param, grad } = inputs;
  const { learningRate, beta1, beta2, weightDecay } = attrs;
  return tf.tidy(() => {
    const update = inputs.average
      .mul(beta1)
      .add(grad.mul(1 - beta1))
      .sign();
    const average = inputs.average.mul(beta2).add(grad.mul(1 - beta2));
    return [param.sub(update.add(param.mul(weightDecay)).mul(learningRate)), average];
  });
}
