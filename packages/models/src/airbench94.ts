/**
 * The network that reaches 94 % on CIFAR-10 in seconds of one GPU: a frozen whitening layer, three groups of two
 * convolutions with GELU, batch normalisation without scale. 1.97 million parameters for CIFAR-10.
 * Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", §3, https://arxiv.org/abs/2404.00498, and
 * https://github.com/KellerJordan/cifar10-airbench (legacy/airbench94.py).
 * The network alone: its optimizer, augmentation and test-time augmentation are the trainer's and the data's.
 * Differs from it: the last pooling covers whatever is left of the picture, which is the original's 3×3 at 32×32;
 * without `sampleImages` the first layer starts like any other and is trained.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import { ModelConfigError } from "./errors.js";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";
import { whiteningFilters, whiteningKernel } from "./whitening-kernel.js";

const PositiveInt = z.int().positive();
const Options = z.strictObject({
  /** Of the three groups. */
  filters: z.tuple([PositiveInt, PositiveInt, PositiveInt]).default([64, 256, 256]),
});
const LOGIT_SCALE = 1 / 9;
const BATCH_NORM = { momentum: 0.6, epsilon: 1e-12, scale: false };

export const airbench94: ModelDefinition = {
  summary: "whitening, then three groups of two convolutions with GELU, made to train fastest",
  source: "https://arxiv.org/abs/2404.00498",
  minSize: 9,
  build: buildAirbench94,
};

async function buildAirbench94(context: ModelContext, options: unknown): Promise<tf.LayersModel> {
  const { filters } = parseModelOptions("airbench94", Options, options);
  const { inputShape, numClasses, rng, sampleImages } = context;
  checkFilters([whiteningFilters(inputShape[2]), ...filters]);
  const layers = new NamedLayers(rng);
  const gelu = (name: string, x: tf.SymbolicTensor): tf.SymbolicTensor =>
    connect(tf.layers.activation({ name, activation: "gelu" }), x);

  /** [N, H, W, C] → [N, ⌊H/2⌋, ⌊W/2⌋, filters] */
  function convGroup(name: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    let y = layers.conv(`${name}-conv1`, x, { filters, initializer: "torch" });
    y = layers.maxPool(`${name}-pool`, y, 2);
    y = gelu(`${name}-gelu1`, layers.batchNorm(`${name}-norm1`, y, BATCH_NORM));
    y = layers.conv(`${name}-conv2`, y, { filters, initializer: "torch" });
    return gelu(`${name}-gelu2`, layers.batchNorm(`${name}-norm2`, y, BATCH_NORM));
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("whiten", input, {
    filters: whiteningFilters(inputShape[2]),
    kernelSize: 2,
    padding: "valid",
    useBias: true,
    initializer: "torch",
  });
  x = gelu("whiten-gelu", x);
  filters.forEach((count, i) => (x = convGroup(`group${i + 1}`, x, count)));
  x = connect(tf.layers.globalMaxPooling2d({ name: "pool", dataFormat: "channelsLast" }), x);
  x = layers.dense("classifier", x, { units: numClasses, useBias: false, initializer: "torch" });
  const logits = connect(tf.layers.rescaling({ name: "logits", scale: LOGIT_SCALE }), x);
  const model = tf.model({ name: "airbench94", inputs: input, outputs: logits });

  for (const layer of model.layers) {
    if (/^group\d-conv\d$/.test(layer.name)) await passInputsThrough(kernelOf(layer));
  }
  if (sampleImages) {
    const kernel = kernelOf(model.getLayer("whiten"));
    write(kernel, whiteningKernel(await sampleImages(), inputShape));
    kernel.trainable = false;
  }
  return model;
}

/** Convolutions that start as the identity hand on what comes in, so they need room for it. */
function checkFilters(filters: readonly number[]): void {
  if (filters.every((count, i) => i === 0 || count >= filters[i - 1]!)) return;
  throw new ModelConfigError(
    `Expected \`filters\` of airbench94 to fall nowhere, from the ${filters[0]} of its whitening layer on. ` +
      `Received: [${filters.slice(1).join(", ")}]. Give later groups at least as many as earlier ones.`,
  );
}

function kernelOf(layer: tf.layers.Layer): tf.LayerVariable {
  return layer.weights.find(({ originalName }) => originalName.endsWith("/kernel")) as tf.LayerVariable;
}

/**
 * The first C filters start as the identity, the others as they are: PyTorch's `dirac_`, the paper's §3.3.
 *
 * @param kernel [3, 3, C, at least C]
 */
async function passInputsThrough(kernel: tf.LayerVariable): Promise<void> {
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const values = (await kernel.read().data<"float32">()).slice();
  const centre = Math.floor((height * width) / 2);
  for (let place = 0; place < height * width; place++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < channels; filter++) {
        values[(place * channels + channel) * filters + filter] =
          place === centre && channel === filter ? 1 : 0;
      }
    }
  }
  write(kernel, values);
}

function write(variable: tf.LayerVariable, values: Float32Array): void {
  tf.tidy(() => void variable.write(tf.tensor(values, variable.shape as number[])));
}
