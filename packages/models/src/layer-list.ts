/** A network written as data: a list of layers in a config, and the classifying dense layer behind it. */
import type { LayerSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { ModelConfigError } from "./errors.js";
import type { ModelContext } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";

/**
 * Layers are named after their kind and their place among its kind: `conv1`, `conv2`, `maxPool1`, … Convolutions and
 * dense layers start as in He et al. 2015. Behind the last layer comes a flatten, where one is needed, and `logits`.
 *
 * @throws {ModelConfigError} naming the layer, if one does not fit what comes out of the one before.
 */
export function buildLayerList(specs: readonly LayerSpec[], context: ModelContext): tf.LayersModel {
  const { inputShape, numClasses, rng } = context;
  const layers = new NamedLayers(rng);
  const counts = new Map<string, number>();
  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = input;
  for (const spec of specs) {
    const count = (counts.get(spec.layer) ?? 0) + 1;
    counts.set(spec.layer, count);
    const name = `${spec.layer}${count}`;
    checkFits(spec, name, x);
    x = addLayer(spec, name, { x, layers });
  }
  if (x.shape.length > 2) x = connect(tf.layers.flatten({ name: "flatten" }), x);
  const logits = layers.dense("logits", x, { units: numClasses });
  return tf.model({ name: "layer-list", inputs: input, outputs: logits });
}

function addLayer(
  spec: LayerSpec,
  name: string,
  { x, layers }: { x: tf.SymbolicTensor; layers: NamedLayers },
): tf.SymbolicTensor {
  switch (spec.layer) {
    case "conv":
      return layers.conv(name, x, spec);
    case "depthwiseConv":
      return layers.depthwiseConv(name, x, spec);
    case "maxPool":
      return connect(tf.layers.maxPooling2d(poolArgs(spec, name)), x);
    case "avgPool":
      return connect(tf.layers.averagePooling2d(poolArgs(spec, name)), x);
    case "globalAvgPool":
      return connect(tf.layers.globalAveragePooling2d({ name, dataFormat: "channelsLast" }), x);
    case "globalMaxPool":
      return connect(tf.layers.globalMaxPooling2d({ name, dataFormat: "channelsLast" }), x);
    case "batchNorm": {
      const { momentum, epsilon, scale, center } = spec;
      return layers.batchNorm(name, x, { momentum, epsilon, scale, center });
    }
    case "activation":
      return connect(tf.layers.activation({ name, activation: spec.activation }), x);
    case "dropout":
      return layers.dropout(name, x, spec.rate);
    case "flatten":
      return connect(tf.layers.flatten({ name }), x);
    case "dense":
      return layers.dense(name, x, spec);
    default:
      throw new TypeError(`Expected a layer. Received: ${JSON.stringify(spec satisfies never)}.`);
  }
}

type PoolSpec = Extract<LayerSpec, { layer: "maxPool" | "avgPool" }>;

function poolArgs({ poolSize, strides = poolSize, padding }: PoolSpec, name: string) {
  return { name, poolSize, strides, padding };
}

const WORKS_ON_ANY_SHAPE: ReadonlySet<string> = new Set(["batchNorm", "activation", "dropout"]);

/** tfjs itself lets a kernel be larger than the picture, and a dense layer work on one; both are slips here. */
function checkFits(spec: LayerSpec, name: string, x: tf.SymbolicTensor): void {
  if (WORKS_ON_ANY_SHAPE.has(spec.layer)) return;
  const received = `Received: [${x.shape.slice(1).join(", ")}] from ${x.sourceLayer.name}.`;
  const isPicture = x.shape.length === 4;
  if (spec.layer === "dense") {
    if (!isPicture) return;
    throw new ModelConfigError(
      `Expected a flat input for ${name}. ${received} Put a flatten or globalAvgPool before it.`,
    );
  }
  if (!isPicture) {
    throw new ModelConfigError(`Expected a [height, width, channels] input for ${name}. ${received}`);
  }
  if (!("padding" in spec) || spec.padding === "same") return;
  const size = "kernelSize" in spec ? spec.kernelSize : spec.poolSize;
  if (size > Math.min(x.shape[1] as number, x.shape[2] as number)) {
    throw new ModelConfigError(
      `Expected an input of at least ${size}×${size} pixels for ${name}. ${received} ` +
        `Use larger pictures, fewer strides and poolings before it, or padding "same".`,
    );
  }
}
