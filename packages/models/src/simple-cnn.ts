/**
 * The classical network: convolutions, max-pooling, dropout, dense layers. Stages of two 3×3 convolutions halve the
 * picture and double the filters, as in VGG: Simonyan and Zisserman 2014, §2, https://arxiv.org/abs/1409.1556
 * Differs from VGG: batch normalisation behind each convolution (Ioffe and Szegedy 2015), far fewer filters, one
 * hidden dense layer.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { InputShape, ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const Options = z.strictObject({
  /** One number per stage; by default 32, 64, 128, 256, 256, … until the shorter side is at most 4 pixels. */
  filters: z.array(z.int().positive()).min(1).optional(),
  /** Units of the hidden dense layer. */
  dense: z.int().positive().default(128),
  /** Before each of the two dense layers. */
  dropout: z.number().min(0).lt(1).default(0.25),
  batchNorm: z.boolean().default(true),
});

export const simpleCnn: ModelDefinition = {
  source: "https://arxiv.org/abs/1409.1556",
  minSize: 8,
  reference: { inputShape: [32, 32, 3], numClasses: 10, parameters: 551_018, flops: 77_793_792 },
  features: "hidden",
  build: buildSimpleCnn,
};

function buildSimpleCnn({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  const { filters, dense, dropout, batchNorm } = parseModelOptions("simple-cnn", Options, options);
  const layers = new NamedLayers(rng);

  /** [N, H, W, C] → [N, H, W, filters] */
  function convolution(name: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    if (batchNorm) return layers.convBnRelu(name, x, { filters });
    return layers.conv(`${name}-conv`, x, { filters, useBias: true, activation: "relu" });
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = input;
  (filters ?? defaultFilters(inputShape)).forEach((filters, i) => {
    const stage = `stage${i + 1}`;
    x = convolution(`${stage}-1`, x, filters);
    x = convolution(`${stage}-2`, x, filters);
    x = layers.maxPool(`${stage}-pool`, x, 2);
  });
  x = connect(tf.layers.flatten({ name: "flatten" }), x);
  if (dropout > 0) x = layers.dropout("flatten-dropout", x, dropout);
  x = layers.dense("hidden", x, { units: dense, activation: "relu" });
  if (dropout > 0) x = layers.dropout("hidden-dropout", x, dropout);
  const logits = layers.dense("logits", x, { units: numClasses });
  return tf.model({ name: "simple-cnn", inputs: input, outputs: logits });
}

function defaultFilters([height, width]: InputShape): number[] {
  const filters: number[] = [];
  for (let side = Math.min(height, width); side > 4; side = Math.floor(side / 2)) {
    filters.push(Math.min(32 * 2 ** filters.length, 256));
  }
  return filters;
}
