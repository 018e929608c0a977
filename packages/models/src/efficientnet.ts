/**
 * EfficientNet-B0: inverted residual blocks with squeeze-and-excitation and swish, the network that the larger ones of
 * its family are scaled from. 5,288,548 parameters for ImageNet.
 * Tan and Le 2019, table 1, https://arxiv.org/abs/1905.11946
 * As in timm (efficientnet_b0): pictures are padded alike on both sides, batch normalisation has PyTorch's momentum and
 * epsilon. The classifier starts with a deviation of 0.01, whatever the number of classes.
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
  /** Stochastic depth: the rate rises from 0 at the first block to this behind the last. */
  dropPath: z.number().min(0).lt(1).default(0.2),
});
const STAGES = [
  { expansion: 1, kernelSize: 3, filters: 16, blocks: 1, strides: 1 },
  { expansion: 6, kernelSize: 3, filters: 24, blocks: 2, strides: 2 },
  { expansion: 6, kernelSize: 5, filters: 40, blocks: 2, strides: 2 },
  { expansion: 6, kernelSize: 3, filters: 80, blocks: 3, strides: 2 },
  { expansion: 6, kernelSize: 5, filters: 112, blocks: 3, strides: 1 },
  { expansion: 6, kernelSize: 5, filters: 192, blocks: 4, strides: 2 },
  { expansion: 6, kernelSize: 3, filters: 320, blocks: 1, strides: 1 },
];
const BLOCKS = STAGES.reduce((sum, { blocks }) => sum + blocks, 0);
/** Hidden filters of squeeze-and-excitation ÷ the block's input channels. */
const EXCITE_RATIO = 0.25;
const ACTIVATION = "swish";

export const efficientnetB0: ModelDefinition = {
  source: "https://arxiv.org/abs/1905.11946",
  minSize: 8,
  reference: { inputShape: [224, 224, 3], numClasses: 1000, parameters: 5_288_548, flops: 771_629_504 },
  features: "pool",
  build: buildEfficientnetB0,
};

function buildEfficientnetB0(
  { inputShape, numClasses, rng }: ModelContext,
  options: unknown,
): tf.LayersModel {
  const { dropout, dropPath } = parseModelOptions("efficientnet-b0", Options, options);
  const layers = new NamedLayers(rng);
  const initializer = "he-fan-out";

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("stem-conv", input, { filters: 32, strides: 2, padding: 1, initializer });
  x = normAndActivate(layers, "stem", { x, activation: ACTIVATION });
  let blocksBefore = 0;
  STAGES.forEach(({ expansion, kernelSize, filters, blocks, strides }, stage) => {
    for (let place = 0; place < blocks; place++) {
      const channels = x.shape.at(-1) as number;
      const options = {
        expanded: expansion * channels,
        filters,
        kernelSize,
        strides: place === 0 ? strides : 1,
        activation: ACTIVATION,
        squeezeExcite: { filters: EXCITE_RATIO * channels, activation: ACTIVATION, gate: "sigmoid" },
        dropPath: (dropPath * blocksBefore) / BLOCKS,
      } as const;
      x = invertedResidual(layers, `stage${stage + 1}-block${place + 1}`, { x, options });
      blocksBefore += 1;
    }
  });
  x = layers.conv("final-conv", x, { filters: 1280, kernelSize: 1, initializer });
  x = normAndActivate(layers, "final", { x, activation: ACTIVATION });
  x = layers.globalAveragePool("pool", x);
  if (dropout > 0) x = layers.dropout("dropout", x, dropout);
  const logits = layers.dense("logits", x, { units: numClasses, initializer: 0.01 });
  return tf.model({ name: "efficientnet-b0", inputs: input, outputs: logits });
}
