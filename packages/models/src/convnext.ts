/**
 * ConvNeXt: a convolutional network in the fashion of the vision transformers: patches, layer normalisation, 7×7
 * depthwise convolutions, GELU. 28,589,128 (`convnext-tiny`) and 3,695,520 (`convnext-atto`) parameters for ImageNet.
 * Liu et al. 2022, §2 and appendix A, https://arxiv.org/abs/2201.03545; `convnext-atto` is timm's.
 * As in timm (convnext_tiny, convnext_atto): layer normalisation of the features follows their pooling. The factors that
 * end a branch ("layer scale") are a depthwise 1×1 convolution, the layer of stock tfjs that multiplies by channel.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition, ModelReference } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import type { ModelName } from "./names.js";
import { parseModelOptions } from "./parse-model-options.js";

const EPSILON = 1e-6;
/** The first factors of a branch: each block begins as nearly nothing. */
const LAYER_SCALE = 1e-6;
/** The original truncates the normal distribution at ±2, which is 100 deviations. */
const STDDEV = 0.02;
const CONV = { useBias: true, initializer: STDDEV } as const;

type Variant = {
  name: ModelName;
  /** Blocks and filters of each stage. */
  stages: readonly { blocks: number; filters: number }[];
  /** Of stochastic depth, where the option is left out. */
  dropPath: number;
  reference: Pick<ModelReference, "parameters" | "flops">;
};

function convnext({ reference, ...variant }: Variant): ModelDefinition {
  const Options = z.strictObject({
    /** Stochastic depth: the rate rises from 0 at the first block to this at the last. */
    dropPath: z.number().min(0).lt(1).default(variant.dropPath),
  });
  return {
    source: "https://arxiv.org/abs/2201.03545",
    minSize: 32,
    reference: { inputShape: [224, 224, 3], numClasses: 1000, ...reference },
    features: "final-norm",
    build: (context, options) =>
      buildConvnext(context, { ...variant, ...parseModelOptions(variant.name, Options, options) }),
  };
}

export const convnextAtto = convnext({
  name: "convnext-atto",
  stages: [
    { blocks: 2, filters: 40 },
    { blocks: 2, filters: 80 },
    { blocks: 6, filters: 160 },
    { blocks: 2, filters: 320 },
  ],
  dropPath: 0,
  reference: { parameters: 3_695_520, flops: 1_095_856_640 },
});

export const convnextTiny = convnext({
  name: "convnext-tiny",
  stages: [
    { blocks: 3, filters: 96 },
    { blocks: 3, filters: 192 },
    { blocks: 9, filters: 384 },
    { blocks: 3, filters: 768 },
  ],
  dropPath: 0.1,
  reference: { parameters: 28_589_128, flops: 8_915_352_576 },
});

function buildConvnext(
  { inputShape, numClasses, rng }: ModelContext,
  { name, stages, dropPath }: Omit<Variant, "reference">,
): tf.LayersModel {
  const layers = new NamedLayers(rng);
  const norm = (place: string, x: tf.SymbolicTensor): tf.SymbolicTensor =>
    layers.layerNorm(place, x, { epsilon: EPSILON });
  /** [N, H, W, C] → [N, ⌊H/size⌋, ⌊W/size⌋, filters]: each patch on its own. */
  const patches = (place: string, x: tf.SymbolicTensor, { size, filters }: Patches): tf.SymbolicTensor =>
    layers.conv(place, x, { filters, kernelSize: size, strides: size, padding: "valid", ...CONV });

  /** [N, H, W, C] → the same shape */
  function block(place: string, x: tf.SymbolicTensor, dropPath: number): tf.SymbolicTensor {
    const filters = x.shape.at(-1) as number;
    let y = layers.depthwiseConv(`${place}-depthwise`, x, { kernelSize: 7, ...CONV });
    y = layers.conv(`${place}-mlp1`, norm(`${place}-norm`, y), {
      filters: 4 * filters,
      kernelSize: 1,
      ...CONV,
    });
    y = layers.activation(`${place}-gelu`, y, "gelu");
    y = layers.conv(`${place}-mlp2`, y, { filters, kernelSize: 1, ...CONV });
    y = scaleChannels(`${place}-scale`, y);
    if (dropPath > 0) y = layers.dropPath(`${place}-drop`, y, dropPath);
    return layers.add(`${place}-add`, [y, x]);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = patches("stem-conv", input, { size: 4, filters: stages[0]!.filters });
  x = norm("stem-norm", x);
  const lastBlock = stages.reduce((sum, { blocks }) => sum + blocks, -1);
  let blocksBefore = 0;
  stages.forEach(({ blocks, filters }, i) => {
    const stage = `stage${i + 1}`;
    if (i > 0) {
      x = norm(`${stage}-downsample-norm`, x);
      x = patches(`${stage}-downsample-conv`, x, { size: 2, filters });
    }
    for (let place = 1; place <= blocks; place++) {
      x = block(`${stage}-block${place}`, x, (dropPath * blocksBefore) / lastBlock);
      blocksBefore += 1;
    }
  });
  x = norm("final-norm", layers.globalAveragePool("pool", x));
  const logits = layers.dense("logits", x, { units: numClasses, initializer: STDDEV });
  return tf.model({ name, inputs: input, outputs: logits });
}

type Patches = { size: number; filters: number };

function scaleChannels(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const depthwiseInitializer = tf.initializers.constant({ value: LAYER_SCALE });
  return connect(tf.layers.depthwiseConv2d({ name, kernelSize: 1, useBias: false, depthwiseInitializer }), x);
}
