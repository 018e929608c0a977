/** A network with everything that has state: convolution, batch norm with ReLU, dropout, dense. */
import { BatchNormalization, Dropout } from "@convkit/ops";
import * as tf from "@tensorflow/tfjs";
import { SQUARE_CLASSES } from "./squares.js";

/** [N, 8, 8, 3] → logits [N, 3]; equal weights at every call. */
export function buildSmallNetwork(): tf.LayersModel {
  const initializer = (seed: number) => tf.initializers.heNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: "conv",
        inputShape: [8, 8, 3],
        filters: 8,
        kernelSize: 3,
        strides: 2,
        useBias: false,
        kernelInitializer: initializer(1),
      }),
      new BatchNormalization({ name: "norm", momentum: 0.9 }),
      tf.layers.reLU({ name: "relu" }),
      tf.layers.flatten({ name: "flatten" }),
      new Dropout({ name: "dropout", rate: 0.2, seed: 7 }),
      tf.layers.dense({ name: "logits", units: SQUARE_CLASSES.length, kernelInitializer: initializer(2) }),
    ],
  });
}
