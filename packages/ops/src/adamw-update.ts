/**
 * Adam with decoupled weight decay, as one op per parameter.
 * Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101; as in PyTorch's `torch.optim.AdamW`,
 * the decay is multiplied by the learning rate.
 */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import {
  AdamWUpdate,
  type AdamWUpdateAttrs,
  type AdamWUpdateInputs,
  type AdamWUpdateOutputs,
} from "./kernel-names.js";

/**
 * One step; the formula stands at `AdamWUpdate` in kernel-names.
 *
 * @param inputs float32 of one shape; the moments are 0 before the first step. They are left as they are.
 * @returns the new parameter and moments; the caller assigns and disposes them.
 */
export function adamWUpdate(
  inputs: AdamWUpdateInputs<tf.Tensor>,
  attrs: AdamWUpdateAttrs,
): AdamWUpdateOutputs<tf.Tensor> {
  const fused = runFusedKernel(AdamWUpdate, inputs, attrs);
  if (fused) return fused as AdamWUpdateOutputs<tf.Tensor>;

  const { param, grad } = inputs;
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attrs;
  return tf.tidy(() => {
    const firstMoment = inputs.firstMoment.mul(beta1).add(grad.mul(1 - beta1));
    const secondMoment = inputs.secondMoment.mul(beta2).add(grad.square().mul(1 - beta2));
    const mean = firstMoment.div(1 - beta1 ** step);
    const deviation = secondMoment.div(1 - beta2 ** step).sqrt();
    const update = mean.div(deviation.add(epsilon)).add(param.mul(weightDecay));
    return [param.sub(update.mul(learningRate)), firstMoment, secondMoment];
  });
}
