/**
 * MobileNetV2: inverted residual blocks, made to compute little. 3,504,872 parameters for ImageNet.
 * Sandler et al. 2018, table 2, https://arxiv.org/abs/1801.04381
 * As in timm (mobilenetv2_100) and torchvision: the first block does not widen, and its pictures are padded alike on
 * both sides.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import { invertedResidual, normAndActivate } from "./inverted-residual.js";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const Options = z.strictObject({
  /** Before the classifier. */
  dropout: z.number().min(0).lt(1).default(0.2),
});
/** Table 2's t (expansion), c (filters), n (blocks) and s (strides of the first). */
const STAGES = [
  { expansion: 1, filters: 16, blocks: 1, strides: 1 },
  { expansion: 6, filters: 24, blocks: 2, strides: 2 },
  { expansion: 6, filters: 32, blocks: 3, strides: 2 },
  { expansion: 6, filters: 64, blocks: 4, strides: 2 },
  { expansion: 6, filters: 96, blocks: 3, strides: 1 },
  { expansion: 6, filters: 160, blocks: 3, strides: 2 },
  { expansion: 6, filters: 320, blocks: 1, strides: 1 },
];
const ACTIVATION = "relu6";

export const mobilenetV2: ModelDefinition = {
  source: "https://arxiv.org/abs/1801.04381",
  minSize: 8,
  reference: { inputShape: [224, 224, 3], numClasses: 1000, parameters: 3_504_872, flops: 601_548_544 },
  features: "pool",
  build: buildMobilenetV2,
};

function buildMobilenetV2({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  const { dropout } = parseModelOptions("mobilenet-v2", Options, options);
  const layers = new NamedLayers(rng);
  const initializer = "he-fan-out";

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("stem-conv", input, { filters: 32, strides: 2, padding: 1, initializer });
  x = normAndActivate(layers, "stem", { x, activation: ACTIVATION });
  STAGES.forEach(({ expansion, filters, blocks, strides }, stage) => {
    for (let place = 0; place < blocks; place++) {
      const options = {
        expanded: expansion * (x.shape.at(-1) as number),
        filters,
        kernelSize: 3,
        strides: place === 0 ? strides : 1,
        activation: ACTIVATION,
      } as const;
      x = invertedResidual(layers, `stage${stage + 1}-block${place + 1}`, { x, options });
    }
  });
  x = layers.conv("final-conv", x, { filters: 1280, kernelSize: 1, initializer });
  x = normAndActivate(layers, "final", { x, activation: ACTIVATION });
  x = layers.globalAveragePool("pool", x);
  if (dropout > 0) x = layers.dropout("dropout", x, dropout);
  const logits = layers.dense("logits", x, { units: numClasses, initializer: 0.01 });
  return tf.model({ name: "mobilenet-v2", inputs: input, outputs: logits });
}
