/**
 * How much a network computes. As is usual in papers (He et al. 2015, table 1), only convolutions and dense layers
 * are counted: the rest is small, and bound by memory. A multiplication and its addition are two operations here.
 */
import * as tf from "@tensorflow/tfjs";

/** Floating-point operations of the forward pass for one picture; training takes about three times as many. */
export function countFlops(model: tf.LayersModel): number {
  return callsOf(model).reduce((sum, { outboundLayer, outputShapes }) => {
    return sum + callFlops(outboundLayer, outputShapes[0] as tf.Shape);
  }, 0);
}

/** A layer may have other calls, of models that share it. */
function callsOf(model: tf.LayersModel): (typeof model.inboundNodes)[number][] {
  if (!(model instanceof tf.Sequential)) return Object.values(model.nodesByDepth).flat();
  // A model's own first node is its construction; the others are calls.
  return model.layers.flatMap((layer) => layer.inboundNodes.slice(layer instanceof tf.LayersModel ? 1 : 0));
}

/** Every output place costs one multiplication and addition per weight that reaches it. */
function callFlops(layer: tf.layers.Layer, outputShape: tf.Shape): number {
  if (layer instanceof tf.LayersModel) return countFlops(layer);
  const kernels = layer.weights.filter(({ originalName }) => /kernel$/.test(originalName));
  switch (layer.getClassName()) {
    case "Conv1D":
    case "Conv2D":
    case "Conv3D":
    case "DepthwiseConv2D":
    case "SeparableConv2D":
    case "Dense": {
      // All but the batch and the channels; for [N, C] there is one place.
      const places = product(outputShape.slice(1, -1));
      return 2 * places * kernels.reduce((sum, { shape }) => sum + product(shape), 0);
    }
    default:
      return 0;
  }
}

function product(shape: tf.Shape): number {
  return shape.reduce<number>((result, size) => result * (size ?? 1), 1);
}
