/**
 * SqueezeNet 1.1: "fire" modules, which squeeze to few channels by 1×1 convolutions and expand by 1×1 and 3×3 ones.
 * 1,235,496 parameters for ImageNet.
 * Iandola et al. 2016, §3, https://arxiv.org/abs/1602.07360, in the authors' version 1.1, which computes 2.4 times less
 * than the paper's: https://github.com/forresti/SqueezeNet/tree/master/SqueezeNet_v1.1
 * As published, the classifier is a convolution with a ReLU, averaged over the picture: no logit is below 0.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const Options = z.strictObject({
  /** Before the classifier. */
  dropout: z.number().min(0).lt(1).default(0.5),
});
/** Of each fire module, by stage: 1×1 filters that squeeze, and of each kind that expands. */
const STAGES: readonly (readonly Fire[])[] = [
  [
    { squeeze: 16, expand: 64 },
    { squeeze: 16, expand: 64 },
  ],
  [
    { squeeze: 32, expand: 128 },
    { squeeze: 32, expand: 128 },
  ],
  [
    { squeeze: 48, expand: 192 },
    { squeeze: 48, expand: 192 },
    { squeeze: 64, expand: 256 },
    { squeeze: 64, expand: 256 },
  ],
];
const POOL = { size: 3, strides: 2 };

type Fire = { squeeze: number; expand: number };

export const squeezenet: ModelDefinition = {
  source: "https://arxiv.org/abs/1602.07360",
  minSize: 17,
  reference: { inputShape: [224, 224, 3], numClasses: 1000, parameters: 1_235_496, flops: 698_303_872 },
  features: "stage3-fire4-concat",
  build: buildSqueezenet,
};

function buildSqueezenet({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  const { dropout } = parseModelOptions("squeezenet", Options, options);
  const layers = new NamedLayers(rng);
  const CONV = { useBias: true, activation: "relu", initializer: "he-uniform" } as const;

  /** [N, H, W, C] → [N, H, W, 2 · expand] */
  function fire(place: string, x: tf.SymbolicTensor, { squeeze, expand }: Fire): tf.SymbolicTensor {
    const squeezed = layers.conv(`${place}-squeeze`, x, { filters: squeeze, kernelSize: 1, ...CONV });
    return connect(tf.layers.concatenate({ name: `${place}-concat`, axis: -1 }), [
      layers.conv(`${place}-expand1`, squeezed, { filters: expand, kernelSize: 1, ...CONV }),
      layers.conv(`${place}-expand3`, squeezed, { filters: expand, kernelSize: 3, ...CONV }),
    ]);
  }

  /** The last window may reach over the edge ("ceil mode"): over zeros, which behind a ReLU change no maximum. */
  function maxPool(place: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    const [bottom, right] = [overhang(x.shape[1]!), overhang(x.shape[2]!)];
    const framed =
      bottom + right === 0
        ? x
        : layers.zeroPad(`${place}-frame`, x, [
            [0, bottom],
            [0, right],
          ]);
    return layers.maxPool(`${place}-pool`, framed, POOL);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("stem-conv", input, { filters: 64, strides: 2, padding: "valid", ...CONV });
  x = maxPool("stem", x);
  STAGES.forEach((fires, i) => {
    const stage = `stage${i + 1}`;
    fires.forEach((sizes, j) => (x = fire(`${stage}-fire${j + 1}`, x, sizes)));
    if (i < STAGES.length - 1) x = maxPool(stage, x);
  });
  if (dropout > 0) x = layers.dropout("dropout", x, dropout);
  x = layers.conv("classifier", x, { filters: numClasses, kernelSize: 1, ...CONV, initializer: 0.01 });
  const logits = layers.globalAveragePool("logits", x);
  return tf.model({ name: "squeezenet", inputs: input, outputs: logits });
}

/** Rows or columns that a whole last window lacks. */
function overhang(side: number): number {
  return Math.max(POOL.size - side, (side - POOL.size) % POOL.strides);
}
