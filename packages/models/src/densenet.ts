/**
 * DenseNet-BC for 32×32 images: every layer reads the outputs of all before it in its block. `densenet-bc-100-12` has
 * 100 layers and a growth rate of 12; 769,162 parameters for CIFAR-10.
 * Huang et al. 2016, §3, https://arxiv.org/abs/1608.06993
 * As in the authors' program (https://github.com/liuzhuang13/DenseNet) the first convolution has two growth rates of
 * filters. Their dropout of 0.2, for training without augmentation, is left out.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const NAME = "densenet-bc-100-12";
const GROWTH = 12;
const BLOCKS = 3;
/** (100 − 4) / 6: each is a 1×1 and a 3×3 convolution. */
const LAYERS_PER_BLOCK = 16;
/** Of the 1×1 convolution in front of a 3×3 one, in growth rates. */
const BOTTLENECK = 4;
const COMPRESSION = 0.5;

export const densenetBc100x12: ModelDefinition = {
  source: "https://arxiv.org/abs/1608.06993",
  minSize: 8,
  reference: { inputShape: [32, 32, 3], numClasses: 10, parameters: 769_162, flops: 575_859_384 },
  features: "pool",
  build: buildDensenet,
};

function buildDensenet({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  parseModelOptions(NAME, z.strictObject({}), options);
  const layers = new NamedLayers(rng);

  function bnRelu(place: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return layers.relu(`${place}-relu`, layers.batchNorm(`${place}-norm`, x));
  }

  /** [N, H, W, C] → [N, H, W, filters], activated first. */
  function bnReluConv(
    place: string,
    x: tf.SymbolicTensor,
    { filters, kernelSize }: { filters: number; kernelSize: number },
  ): tf.SymbolicTensor {
    const options = { filters, kernelSize, initializer: "he-fan-out" } as const;
    return layers.conv(`${place}-conv`, bnRelu(place, x), options);
  }

  /** [N, H, W, C] → [N, H, W, C + growth] */
  function denseLayer(place: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    const reduced = bnReluConv(`${place}-1`, x, { filters: BOTTLENECK * GROWTH, kernelSize: 1 });
    const grown = bnReluConv(`${place}-2`, reduced, { filters: GROWTH, kernelSize: 3 });
    return connect(tf.layers.concatenate({ name: `${place}-concat`, axis: -1 }), [x, grown]);
  }

  /** [N, H, W, C] → [N, ⌊H/2⌋, ⌊W/2⌋, ⌊C/2⌋] */
  function transition(place: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    const filters = Math.floor(COMPRESSION * (x.shape.at(-1) as number));
    return layers.averagePool(`${place}-pool`, bnReluConv(place, x, { filters, kernelSize: 1 }), 2);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("stem-conv", input, { filters: 2 * GROWTH, initializer: "he-fan-out" });
  for (let block = 1; block <= BLOCKS; block++) {
    for (let i = 1; i <= LAYERS_PER_BLOCK; i++) x = denseLayer(`stage${block}-layer${i}`, x);
    if (block < BLOCKS) x = transition(`stage${block}-transition`, x);
  }
  x = layers.globalAveragePool("pool", bnRelu("final", x));
  const logits = layers.dense("logits", x, { units: numClasses, initializer: "torch" });
  return tf.model({ name: NAME, inputs: input, outputs: logits });
}
