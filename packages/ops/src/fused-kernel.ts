/** The one place where an op asks whether the backend in use has a fused kernel for it. */
import * as tf from "@tensorflow/tfjs";

/** Whether the current backend has the kernel `name` and it can take these inputs: fused kernels are of float32. */
export function hasFusedKernel(name: string, inputs: Record<string, tf.Tensor>): boolean {
  return (
    tf.getKernel(name, tf.getBackend()) !== undefined &&
    Object.values(inputs).every(({ dtype }) => dtype === "float32")
  );
}

/**
 * Runs the kernel `name` where the current backend has registered it.
 *
 * @param inputs tensors by the names of `kernel-names`; the absent ones left out, not `undefined`.
 * @returns the kernel's outputs, or `undefined` where there is no such kernel, or it cannot take these inputs, and the
 *   caller has to compose it.
 */
export function runFusedKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Record<string, number | boolean | string> = {},
): tf.Tensor[] | undefined {
  if (!hasFusedKernel(name, inputs)) return undefined;
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(name, inputs, attrs);
  return Array.isArray(outputs) ? outputs : [outputs];
}
