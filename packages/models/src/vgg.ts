/**
 * VGG: stages of 3×3 convolutions and max-pooling, then two hidden dense layers of 4096 units.
 * Simonyan and Zisserman 2014, table 1 (A and D), https://arxiv.org/abs/1409.1556
 * Differs from the paper: batch normalisation behind each convolution (Ioffe and Szegedy 2015), and the pictures'
 * size is free, as the last map is averaged to 7×7, both as in torchvision (vgg11_bn and vgg16_bn). At 32×32 that
 * map has one pixel, and all 49 places are equal.
 * The first dense layer reads the map row by row with the channels last, where PyTorch has the channels first.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import { adaptiveAveragePool } from "./adaptive-average-pool.js";
import type { ModelContext, ModelDefinition, ModelReference } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import type { ModelName } from "./names.js";
import { parseModelOptions } from "./parse-model-options.js";

const Options = z.strictObject({
  /** Units of the two hidden dense layers: fewer than the published ones suit fewer classes. */
  hidden: z.int().positive().default(4096),
  /** Behind each of the two. */
  dropout: z.number().min(0).lt(1).default(0.5),
});
const STAGE_FILTERS = [64, 128, 256, 512, 512];
const MAP_SIZE = 7;
/** torchvision's, of dense layers. */
const DENSE_STDDEV = 0.01;

type Variant = {
  name: ModelName;
  /** Convolutions of each stage. */
  depths: readonly number[];
  reference: Pick<ModelReference, "parameters" | "flops">;
};

function vgg({ name, depths, reference }: Variant): ModelDefinition {
  return {
    source: "https://arxiv.org/abs/1409.1556",
    minSize: 32,
    reference: { inputShape: [224, 224, 3], numClasses: 1000, ...reference },
    features: "hidden-2",
    build: (context, options) =>
      buildVgg(context, parseModelOptions(name, Options, options), { name, depths }),
  };
}

export const vgg11Bn = vgg({
  name: "vgg11-bn",
  depths: [1, 1, 2, 2, 2],
  reference: { parameters: 132_868_840, flops: 15_218_180_096 },
});

export const vgg16Bn = vgg({
  name: "vgg16-bn",
  depths: [2, 2, 3, 3, 3],
  reference: { parameters: 138_365_992, flops: 30_940_528_640 },
});

function buildVgg(
  { inputShape, numClasses, rng }: ModelContext,
  { hidden, dropout }: z.output<typeof Options>,
  { name, depths }: Pick<Variant, "name" | "depths">,
): tf.LayersModel {
  const layers = new NamedLayers(rng);

  /** [N, H, W, C] → [N, H, W, filters] */
  function convolution(place: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    const y = layers.conv(`${place}-conv`, x, { filters, useBias: true, initializer: "he-fan-out" });
    return layers.relu(`${place}-relu`, layers.batchNorm(`${place}-norm`, y));
  }

  /** [N, C] → [N, hidden] */
  function dense(place: number, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return layers.dense(`hidden-${place}`, x, {
      units: hidden,
      activation: "relu",
      initializer: DENSE_STDDEV,
    });
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = input;
  STAGE_FILTERS.forEach((filters, i) => {
    const stage = `stage${i + 1}`;
    for (let place = 1; place <= depths[i]!; place++) x = convolution(`${stage}-${place}`, x, filters);
    x = layers.maxPool(`${stage}-pool`, x, 2);
  });
  x = connect(tf.layers.flatten({ name: "flatten" }), adaptiveAveragePool("pool", x, MAP_SIZE));
  x = dense(1, x);
  if (dropout > 0) x = layers.dropout("hidden-1-dropout", x, dropout);
  x = dense(2, x);
  if (dropout > 0) x = layers.dropout("hidden-2-dropout", x, dropout);
  const logits = layers.dense("logits", x, { units: numClasses, initializer: DENSE_STDDEV });
  return tf.model({ name, inputs: input, outputs: logits });
}
