/** How large a network is. */
import type * as tf from "@tensorflow/tfjs";

export type ParameterCount = {
  /** All weights, the moving statistics of batch normalisation included. */
  total: number;
  /** What an optimizer changes. */
  trainable: number;
};

export function countParameters(model: tf.LayersModel): ParameterCount {
  return { total: sizeOf(model.weights), trainable: sizeOf(model.trainableWeights) };
}

function sizeOf(variables: readonly tf.LayerVariable[]): number {
  return variables.reduce(
    (sum, { shape }) => sum + shape.reduce<number>((product, size) => product * (size ?? 1), 1),
    0,
  );
}
