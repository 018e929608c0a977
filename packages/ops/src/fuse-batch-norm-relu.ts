/**
 * Batch normalisation and the ReLU behind it are memory-bound; done in one pass, a training step reads and
 * writes those activations once less in each direction.
 */
import type * as tf from "@tensorflow/tfjs";
import { BatchNormalization } from "./batch-normalization.js";

/**
 * Lets every `BatchNormalization` whose output only a ReLU reads apply it in its own pass while training; the
 * ReLU layer then hands its input through. Inference, weights, configs and what is saved stay as they were.
 * Calling it again changes nothing. Layers of nested models are not looked into. A model cut at such a layer
 * afterwards sees its output rectified while training: cut first, or read the ReLU's output.
 *
 * @returns the names of the batch normalisation layers that now apply the ReLU.
 */
export function fuseBatchNormRelu(model: tf.LayersModel): string[] {
  const outputLayers = new Set(model.outputs.map(({ sourceLayer }) => sourceLayer));
  const fused: string[] = [];
  for (const norm of model.layers) {
    if (!(norm instanceof BatchNormalization) || outputLayers.has(norm)) continue;
    const relu = soleReader(norm);
    if (!relu || !isRelu(relu)) continue;
    if (norm.trainingActivation !== "relu") {
      norm.trainingActivation = "relu";
      passThroughAfter(norm, relu);
    }
    fused.push(norm.name);
  }
  return fused;
}

/** The layer that reads `layer`'s output, if there is one only and it reads nothing else. */
function soleReader(layer: tf.layers.Layer): tf.layers.Layer | undefined {
  const [node, ...others] = layer.outboundNodes;
  if (!node || others.length > 0 || layer.inboundNodes.length > 1) return undefined;
  return node.outboundLayer.inboundNodes.length === 1 ? node.outboundLayer : undefined;
}

function isRelu(layer: tf.layers.Layer): boolean {
  const config = layer.getConfig();
  switch (layer.getClassName()) {
    case "Activation":
      return config.activation === "relu";
    case "ReLU":
      return config.maxValue == null;
    default:
      return false;
  }
}

function passThroughAfter(norm: BatchNormalization, relu: tf.layers.Layer): void {
  const call = relu.call.bind(relu);
  relu.call = (inputs, kwargs) => (norm.usesBatchStatistics(kwargs) ? inputs : call(inputs, kwargs));
}
