/**
 * Batch normalisation and the activation behind it are memory-bound; done in one pass, a training step reads and
 * writes those activations once less in each direction. A GELU that stands by itself is many ops in tfjs, and one here.
 */
import type * as tf from "@tensorflow/tfjs";
import { BatchNormalization } from "./batch-normalization.js";
import { gelu } from "./gelu.js";
import type { BatchNormActivation } from "./kernel-names.js";

/**
 * Lets every `BatchNormalization` whose output only a ReLU or a GELU reads apply it in its own pass while training; the
 * activation's layer then hands its input through. GELUs are computed by one op, in inference too. Inference, weights,
 * configs and what is saved stay as they were. Calling it again changes nothing. Layers of nested models are not looked
 * into. A model cut at such a layer afterwards sees its output activated while training: cut first, or read the
 * activation's output.
 *
 * @returns the names of the batch normalisation layers that now apply an activation.
 */
export function fuseActivations(model: tf.LayersModel): string[] {
  const outputLayers = new Set(model.outputs.map(({ sourceLayer }) => sourceLayer));
  const fused: string[] = [];
  // First: what is handed through afterwards is this op or nothing.
  for (const layer of model.layers) if (activationOf(layer) === "gelu") computeAsOneOp(layer);
  for (const layer of model.layers) {
    if (!(layer instanceof BatchNormalization) || outputLayers.has(layer)) continue;
    const reader = soleReader(layer);
    const activation = reader && activationOf(reader);
    if (!activation) continue;
    if (layer.trainingActivation !== activation) {
      layer.trainingActivation = activation;
      passThroughAfter(layer, reader);
    }
    fused.push(layer.name);
  }
  return fused;
}

/** The layer that reads `layer`'s output, if there is one only and it reads nothing else. */
function soleReader(layer: tf.layers.Layer): tf.layers.Layer | undefined {
  const [node, ...others] = layer.outboundNodes;
  if (!node || others.length > 0 || layer.inboundNodes.length > 1) return undefined;
  return node.outboundLayer.inboundNodes.length === 1 ? node.outboundLayer : undefined;
}

/** What the layer is, if it is one of the activations that are fused and nothing else. */
function activationOf(layer: tf.layers.Layer): Exclude<BatchNormActivation, "linear"> | undefined {
  const config = layer.getConfig();
  switch (layer.getClassName()) {
    case "Activation":
      return config.activation === "relu" || config.activation === "gelu" ? config.activation : undefined;
    case "ReLU":
      return config.maxValue == null ? "relu" : undefined;
    default:
      return undefined;
  }
}

function passThroughAfter(norm: BatchNormalization, activation: tf.layers.Layer): void {
  const call = activation.call.bind(activation);
  activation.call = (inputs, kwargs) => (norm.usesBatchStatistics(kwargs) ? inputs : call(inputs, kwargs));
}

const computed = new WeakSet<tf.layers.Layer>();

function computeAsOneOp(layer: tf.layers.Layer): void {
  if (computed.has(layer)) return;
  computed.add(layer);
  layer.call = (inputs) => gelu(Array.isArray(inputs) ? inputs[0]! : inputs);
}
