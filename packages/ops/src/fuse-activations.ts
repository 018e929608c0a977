/**
 * Batch normalisation and what is behind it, an activation and a pooling, are memory-bound; done in one pass, a training
 * step reads and writes those activations once or twice less in each direction. A GELU that stands by itself is many ops in
 * tfjs, and one here.
 */
import type * as tf from "@tensorflow/tfjs";
import { BatchNormalization } from "./batch-normalization.js";
import { gelu } from "./gelu.js";
import type { BatchNormActivation } from "./kernel-names.js";

/**
 * Lets every `BatchNormalization` whose output only a ReLU or a GELU reads apply it in its own pass while training, and
 * with a ReLU also the max pooling of 2×2 windows and stride 2, if that alone reads it; their layers then hand their input
 * through. GELUs are computed by one op, in inference too. Inference, weights, configs and what is saved stay as they were.
 * Calling it again changes nothing. Layers of nested models are not looked into. A model cut at such a layer afterwards
 * sees its output activated, and pooled, while training: cut first, or read the output of the last of them.
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
      const pooling = activation === "relu" && !outputLayers.has(reader) ? soleReader(reader) : undefined;
      if (pooling && halvesItsInput(pooling)) {
        layer.trainingPool = true;
        passThroughAfter(layer, pooling);
      }
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

/** Whether it is a max pooling of 2×2 windows that leaves no pixel out. */
function halvesItsInput(layer: tf.layers.Layer): boolean {
  if (layer.getClassName() !== "MaxPooling2D") return false;
  const { poolSize, strides, dataFormat } = layer.getConfig() as Record<string, unknown>;
  const [, height, width] = (layer.input as tf.SymbolicTensor).shape;
  const isEven = (size: number | null | undefined) => size != null && size % 2 === 0;
  return (
    [poolSize, strides].every(
      (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((n) => n === 2),
    ) &&
    dataFormat !== "channelsFirst" &&
    isEven(height) &&
    isEven(width)
  );
}

function passThroughAfter(norm: BatchNormalization, layer: tf.layers.Layer): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => (norm.usesBatchStatistics(kwargs) ? inputs : call(inputs, kwargs));
}

const computed = new WeakSet<tf.layers.Layer>();

function computeAsOneOp(layer: tf.layers.Layer): void {
  if (computed.has(layer)) return;
  computed.add(layer);
  layer.call = (inputs) => gelu(Array.isArray(inputs) ? inputs[0]! : inputs);
}
