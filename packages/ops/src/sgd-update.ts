/**
 * Stochastic gradient descent with momentum, Nesterov's variant and weight decay, as one op per parameter. Sutskever et
 * al. 2013, §2, https://proceedings.mlr.press/v28/sutskever13.html, in the form of PyTorch's `torch.optim.SGD`; the decay
 * is decoupled as in Loshchilov and Hutter 2019, algorithm 1, https://arxiv.org/abs/1711.05101, or coupled as PyTorch's.
 */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import {
  SgdUpdate,
  type SgdUpdateAttrs,
  type SgdUpdateInputs,
  type SgdUpdateOutputs,
} from "./kernel-names.js";

/**
 * One step; the formula stands at `SgdUpdate` in kernel-names.
 *
 * @param inputs float32 of one shape; `velocity` is 0 before the first step. They are left as they are.
 * @returns the new parameter and velocity; the caller assigns and disposes them.
 */
export function sgdUpdate(
  inputs: SgdUpdateInputs<tf.Tensor>,
  attrs: SgdUpdateAttrs,
): SgdUpdateOutputs<tf.Tensor> {
  const fused = runFusedKernel(SgdUpdate, inputs, attrs);
  if (fused) return fused as SgdUpdateOutputs<tf.Tensor>;

  const { param, grad } = inputs;
  const { learningRate, momentum, nesterov, weightDecay, coupled = false } = attrs;
  return tf.tidy(() => {
    const decay = param.mul(weightDecay);
    const gradient = coupled ? grad.add(decay) : grad;
    const velocity = inputs.velocity.mul(momentum).add(gradient);
    const update = nesterov ? velocity.mul(momentum).add(gradient) : velocity;
    return [param.sub((coupled ? update : update.add(decay)).mul(learningRate)), velocity];
  });
}
