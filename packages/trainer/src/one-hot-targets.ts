/** Class indices as the probabilities that losses compare with. */
import * as tf from "@tensorflow/tfjs";

/**
 * Of one label each, with ε of label smoothing: 1 − ε + ε/C at the label, ε/C elsewhere.
 *
 * @param labels int32 [N], class indices.
 * @returns float32 [N, C], which the caller disposes.
 */
export function oneHotTargets(labels: tf.Tensor1D, classes: number, labelSmoothing: number): tf.Tensor2D {
  const rest = labelSmoothing / classes;
  return tf.oneHot(labels, classes, 1 - labelSmoothing + rest, rest, "float32") as tf.Tensor2D;
}
