/**
 * The network whose training step is measured: 3 stages of 2 × [conv 3×3 → batch norm → ReLU] with 32, 64 and 128
 * filters, a max-pool of 2 after each, a dense layer of 10. pytorch-step.py has the same one.
 */
import * as tf from "@tensorflow/tfjs";

export const IMAGE_SHAPE = [32, 32, 3] as const;
export const CLASS_COUNT = 10;

/** @param batchNormalization stock tfjs's layer, or ours. @returns float32 [N, 32, 32, 3] → logits [N, 10]. */
export function createReferenceNet(batchNormalization: () => tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [...IMAGE_SHAPE] });
  let x = input;
  for (const [stage, filters] of [32, 64, 128].entries()) {
    for (const block of [1, 2]) {
      const convolution = tf.layers.conv2d({
        name: `stage${stage}-conv${block}`,
        filters,
        kernelSize: 3,
        padding: "same",
        useBias: false,
      });
      const layers = [convolution, batchNormalization(), tf.layers.activation({ activation: "relu" })];
      x = layers.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x);
    }
    x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor;
  }
  const features = tf.layers.flatten().apply(x) as tf.SymbolicTensor;
  const logits = tf.layers.dense({ name: "logits", units: CLASS_COUNT }).apply(features) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits });
}
