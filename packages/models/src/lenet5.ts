/**
 * LeNet-5: two convolutions with pooling, three dense layers. 61,706 parameters for grey pictures and 10 classes.
 * LeCun et al. 1998, §II.B, https://doi.org/10.1109/5.726791
 * Differs from the paper as its common form does: C3 reads all maps of S2, not the table's choice (60,000 parameters);
 * pooling has no weights, tanh is not scaled, and the last layer is dense instead of radial basis functions.
 * As in the paper, pictures below 32 pixels lie in the middle of 32: those of MNIST get 2 zeros on each side.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const LEAST_SIDE = 32;
const DENSE = { activation: "tanh", initializer: "torch" } as const;

export const lenet5: ModelDefinition = {
  source: "https://doi.org/10.1109/5.726791",
  minSize: 8,
  reference: { inputShape: [28, 28, 1], numClasses: 10, parameters: 61_706, flops: 833_040 },
  features: "hidden-2",
  build: buildLenet5,
};

function buildLenet5({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  parseModelOptions("lenet5", z.strictObject({}), options);
  const layers = new NamedLayers(rng);

  /** [N, H, W, C] → [N, ⌊(H − 4) / 2⌋, ⌊(W − 4) / 2⌋, filters] */
  function stage(name: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    const y = layers.conv(`${name}-conv`, x, {
      filters,
      kernelSize: 5,
      padding: "valid",
      useBias: true,
      ...DENSE,
    });
    return layers.averagePool(`${name}-pool`, y, 2);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  const [rows, columns] = [frame(inputShape[0]), frame(inputShape[1])];
  let x = [...rows, ...columns].some((zeros) => zeros > 0)
    ? layers.zeroPad("frame", input, [rows, columns])
    : input;
  x = stage("stage1", x, 6);
  x = stage("stage2", x, 16);
  x = connect(tf.layers.flatten({ name: "flatten" }), x);
  x = layers.dense("hidden-1", x, { units: 120, ...DENSE });
  x = layers.dense("hidden-2", x, { units: 84, ...DENSE });
  const logits = layers.dense("logits", x, { units: numClasses, initializer: "torch" });
  return tf.model({ name: "lenet5", inputs: input, outputs: logits });
}

/** Zeros before and behind a side. */
function frame(side: number): [number, number] {
  const missing = Math.max(LEAST_SIDE - side, 0);
  return [Math.floor(missing / 2), Math.ceil(missing / 2)];
}
