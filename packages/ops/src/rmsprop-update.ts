/**
 * RMSprop with momentum and decoupled weight decay, as one op per parameter. Tieleman and Hinton 2012, lecture 6e of
 * "Neural Networks for Machine Learning", in the form of PyTorch's `torch.optim.RMSprop`, without its centred variant;
 * differs from it: the decay is decoupled.
 */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import {
  RmsPropUpdate,
  type RmsPropUpdateAttrs,
  type RmsPropUpdateInputs,
  type RmsPropUpdateOutputs,
} from "./kernel-names.js";

/**
 * One step; the formula stands at `RmsPropUpdate` in kernel-names.
 *
 * @param inputs float32 of one shape; `meanSquare` and `velocity` are 0 before the first step. They are left as they are.
 * @returns the new parameter, mean square and velocity; the caller assigns and disposes them.
 */
export function rmsPropUpdate(
  inputs: RmsPropUpdateInputs<tf.Tensor>,
  attrs: RmsPropUpdateAttrs,
): RmsPropUpdateOutputs<tf.Tensor> {
  const fused = runFusedKernel(RmsPropUpdate, inputs, attrs);
  if (fused) return fused as RmsPropUpdateOutputs<tf.Tensor>;

  const { param, grad } = inputs;
  const { learningRate, smoothing, momentum, epsilon, weightDecay } = attrs;
  return tf.tidy(() => {
    const meanSquare = inputs.meanSquare.mul(smoothing).add(grad.square().mul(1 - smoothing));
    const velocity = inputs.velocity.mul(momentum).add(grad.div(meanSquare.sqrt().add(epsilon)));
    const update = velocity.add(param.mul(weightDecay));
    return [param.sub(update.mul(learningRate)), meanSquare, velocity];
  });
}
