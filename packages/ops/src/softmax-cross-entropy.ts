/**
 * Cross-entropy from logits with its gradient, where the backend has both in one kernel: the loss is some ten small ops, each of
 * which costs as much as a large one where a call is dear.
 */
import type * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import {
  SoftmaxCrossEntropy,
  type SoftmaxCrossEntropyAttrs,
  type SoftmaxCrossEntropyInputs,
  type SoftmaxCrossEntropyOutputs,
} from "./kernel-names.js";

/**
 * The formula stands at `SoftmaxCrossEntropy` in kernel-names.
 *
 * @returns the loss and its gradient, off the gradient tape, which the caller disposes; undefined where the backend has no such
 *   kernel, or it cannot take these inputs.
 */
export function softmaxCrossEntropy(
  inputs: SoftmaxCrossEntropyInputs<tf.Tensor>,
  attrs: SoftmaxCrossEntropyAttrs,
): SoftmaxCrossEntropyOutputs<tf.Tensor> | undefined {
  return runFusedKernel(SoftmaxCrossEntropy, inputs, attrs) as
    SoftmaxCrossEntropyOutputs<tf.Tensor> | undefined;
}
