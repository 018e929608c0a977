/**
 * MobileNetV3-Small: inverted residual blocks found by search, with squeeze-and-excitation and hard swish. 2,542,856
 * parameters for ImageNet.
 * Howard et al. 2019, table 2, https://arxiv.org/abs/1905.02244
 * As in timm (mobilenetv3_small_100): pictures are padded alike on both sides, and batch normalisation has PyTorch's
 * epsilon of 1e-5, where torchvision takes the paper's 1e-3.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import { invertedResidual, normAndActivate, type MobileActivation } from "./inverted-residual.js";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const Options = z.strictObject({
  /** Before the classifier. */
  dropout: z.number().min(0).lt(1).default(0.2),
});

type Block = {
  kernelSize: number;
  expanded: number;
  filters: number;
  squeezeExcite: boolean;
  activation: MobileActivation;
  strides: number;
};

/** Table 2's rows, those of one resolution and width together. */
const STAGES: readonly (readonly Block[])[] = [
  [block(3, 16, 16, { squeezeExcite: true, activation: "relu", strides: 2 })],
  [
    block(3, 72, 24, { squeezeExcite: false, activation: "relu", strides: 2 }),
    block(3, 88, 24, { squeezeExcite: false, activation: "relu" }),
  ],
  [block(5, 96, 40, { strides: 2 }), block(5, 240, 40), block(5, 240, 40)],
  [block(5, 120, 48), block(5, 144, 48)],
  [block(5, 288, 96, { strides: 2 }), block(5, 576, 96), block(5, 576, 96)],
];
const FINAL_FILTERS = 576;
const FEATURES = 1024;

export const mobilenetV3Small: ModelDefinition = {
  source: "https://arxiv.org/abs/1905.02244",
  minSize: 8,
  reference: { inputShape: [224, 224, 3], numClasses: 1000, parameters: 2_542_856, flops: 113_020_800 },
  features: "hidden-act",
  build: buildMobilenetV3Small,
};

function block(
  kernelSize: number,
  expanded: number,
  filters: number,
  { squeezeExcite = true, activation = "hard-swish", strides = 1 }: Partial<Block> = {},
): Block {
  return { kernelSize, expanded, filters, squeezeExcite, activation, strides };
}

function buildMobilenetV3Small(
  { inputShape, numClasses, rng }: ModelContext,
  options: unknown,
): tf.LayersModel {
  const { dropout } = parseModelOptions("mobilenet-v3-small", Options, options);
  const layers = new NamedLayers(rng);
  const initializer = "he-fan-out";
  const activation = "hard-swish";

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("stem-conv", input, { filters: 16, strides: 2, padding: 1, initializer });
  x = normAndActivate(layers, "stem", { x, activation });
  STAGES.forEach((blocks, stage) => {
    blocks.forEach(({ squeezeExcite, ...block }, place) => {
      const excite = {
        filters: divisibleBy8(block.expanded / 4),
        activation: "relu",
        gate: "hard-sigmoid",
      } as const;
      const options = { ...block, ...(squeezeExcite && { squeezeExcite: excite }) };
      x = invertedResidual(layers, `stage${stage + 1}-block${place + 1}`, { x, options });
    });
  });
  x = layers.conv("final-conv", x, { filters: FINAL_FILTERS, kernelSize: 1, initializer });
  x = normAndActivate(layers, "final", { x, activation });
  x = layers.globalAveragePool("pool", x);
  x = layers.dense("hidden-dense", x, { units: FEATURES, initializer: 0.01 });
  x = layers.hardSwish("hidden-act", x);
  if (dropout > 0) x = layers.dropout("dropout", x, dropout);
  const logits = layers.dense("logits", x, { units: numClasses, initializer: 0.01 });
  return tf.model({ name: "mobilenet-v3-small", inputs: input, outputs: logits });
}

/** The nearest multiple of 8, but not less than nine tenths of it: the original's rounding of channels. */
function divisibleBy8(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}
