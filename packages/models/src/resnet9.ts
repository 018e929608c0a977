/**
 * The ResNet-9 that won DAWNBench's CIFAR-10 race on one GPU: few, wide layers, two of them with a residual.
 * David Page 2018, "How to train your ResNet", https://github.com/davidcpage/cifar10-fast (dawn.py); its
 * initialisation is PyTorch's default. 6,573,120 parameters for CIFAR-10.
 * Differs from it: the last pooling covers whatever is left of the picture, which is the original's 4×4 at 32×32.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

/** The original's `Mul(0.125)`: keeps the first logits small. */
const LOGIT_SCALE = 0.125;

export const resnet9: ModelDefinition = {
  source: "https://github.com/davidcpage/cifar10-fast",
  minSize: 8,
  reference: { inputShape: [32, 32, 3], numClasses: 10, parameters: 6_573_120, flops: 758_523_904 },
  features: "pool",
  build: buildResnet9,
};

function buildResnet9({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  parseModelOptions("resnet9", z.strictObject({}), options);
  const layers = new NamedLayers(rng);

  /** [N, H, W, C] → [N, H, W, filters] */
  function convolution(name: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    return layers.convBnRelu(name, x, { filters, initializer: "torch" });
  }

  /** [N, H, W, C] → [N, H/2, W/2, filters] */
  function downsample(name: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    return layers.maxPool(`${name}-pool`, convolution(name, x, filters), 2);
  }

  /** [N, H, W, filters] → the same shape */
  function residual(name: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    const hidden = convolution(`${name}-residual1`, x, filters);
    const branch = convolution(`${name}-residual2`, hidden, filters);
    return connect(tf.layers.add({ name: `${name}-add` }), [x, branch]);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = convolution("prep", input, 64);
  x = residual("layer1", downsample("layer1", x, 128), 128);
  x = downsample("layer2", x, 256);
  x = residual("layer3", downsample("layer3", x, 512), 512);
  x = connect(tf.layers.globalMaxPooling2d({ name: "pool", dataFormat: "channelsLast" }), x);
  x = layers.dense("classifier", x, { units: numClasses, useBias: false, initializer: "torch" });
  const logits = connect(tf.layers.rescaling({ name: "logits", scale: LOGIT_SCALE }), x);
  return tf.model({ name: "resnet9", inputs: input, outputs: logits });
}
