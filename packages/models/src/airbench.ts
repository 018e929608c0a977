/**
 * The networks that reach 94 % and 96 % on CIFAR-10 in the least time of one GPU: a frozen whitening layer, three groups
 * of convolutions with GELU, batch normalisation without scale. For CIFAR-10, `airbench94` has two convolutions in a
 * group and 1.97 million parameters, `airbench96` three, the last two with a residual, and 9.92 million.
 * Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", §3, https://arxiv.org/abs/2404.00498, and
 * https://github.com/KellerJordan/cifar10-airbench (legacy/airbench94.py and legacy/airbench96.py).
 * The networks alone: their optimizer, augmentation and test-time augmentation are the trainer's and the data's.
 * Differ from them: the last pooling covers whatever is left of the picture, which is the original's 3×3 at 32×32;
 * without `sampleImages` the first layer starts like any other and is trained.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import { ModelConfigError } from "./errors.js";
import type { ModelContext, ModelDefinition, ModelReference } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import type { ModelName } from "./names.js";
import { parseModelOptions } from "./parse-model-options.js";
import { whiteningFilters, whiteningKernel } from "./whitening-kernel.js";

const PositiveInt = z.int().positive();
/** Of each group; every one halves the picture. */
const Filters = z.array(PositiveInt).min(1).max(6);
const LOGIT_SCALE = 1 / 9;
/** Of batch normalisation; the original's, for pictures with colours. */
const EPSILON = 1e-12;

type Variant = {
  name: ModelName;
  /** Of the groups: three, unless options say otherwise. */
  filters: number[];
  /** Whether a group has a third convolution, and a residual over the last two. */
  residual: boolean;
  /** Of batch normalisation. */
  momentum: number;
  reference: Pick<ModelReference, "parameters" | "flops">;
};

function airbench(variant: Variant): ModelDefinition {
  const { name, filters, reference } = variant;
  const Options = z.strictObject({
    filters: Filters.default(filters),
    /** Added to the variances of batch normalisation. */
    epsilon: z.number().positive().default(EPSILON),
  });
  return {
    source: "https://arxiv.org/abs/2404.00498",
    minSize: 9,
    reference: { inputShape: [32, 32, 3], numClasses: 10, ...reference },
    features: "pool",
    build: (context, options) =>
      buildAirbench(context, { ...variant, ...parseModelOptions(name, Options, options) }),
  };
}

export const airbench94 = airbench({
  name: "airbench94",
  filters: [64, 256, 256],
  residual: false,
  momentum: 0.6,
  reference: { parameters: 1_971_640, flops: 236_294_720 },
});

export const airbench96 = airbench({
  name: "airbench96",
  filters: [128, 384, 512],
  residual: true,
  momentum: 0.9,
  reference: { parameters: 9_915_704, flops: 903_934_528 },
});

async function buildAirbench(
  context: ModelContext,
  { name, filters, residual, momentum, epsilon }: Variant & { epsilon: number },
): Promise<tf.LayersModel> {
  const { inputShape, numClasses, rng, sampleImages } = context;
  checkFilters(name, [whiteningFilters(inputShape[2]), ...filters]);
  checkSize(name, inputShape, filters.length);
  const layers = new NamedLayers(rng);

  /** `group`-conv`i`, pooled if that is asked for, and -norm`i`. */
  function convBn(
    group: string,
    i: number,
    x: tf.SymbolicTensor,
    { filters, pool = false }: { filters: number; pool?: boolean },
  ): tf.SymbolicTensor {
    let y = layers.conv(`${group}-conv${i}`, x, { filters, initializer: "torch" });
    if (pool) y = layers.maxPool(`${group}-pool`, y, 2);
    return layers.batchNorm(`${group}-norm${i}`, y, { momentum, epsilon, scale: false });
  }

  /** [N, H, W, C] → [N, ⌊H/2⌋, ⌊W/2⌋, filters] */
  function convGroup(group: string, x: tf.SymbolicTensor, filters: number): tf.SymbolicTensor {
    const gelu = (i: number, y: tf.SymbolicTensor) => layers.activation(`${group}-gelu${i}`, y, "gelu");
    const first = gelu(1, convBn(group, 1, x, { filters, pool: true }));
    const second = gelu(2, convBn(group, 2, first, { filters }));
    if (!residual) return second;
    const third = convBn(group, 3, second, { filters });
    return gelu(3, layers.add(`${group}-add`, [third, first]));
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("whiten", input, {
    filters: whiteningFilters(inputShape[2]),
    kernelSize: 2,
    padding: "valid",
    useBias: true,
    initializer: "torch",
  });
  x = layers.activation("whiten-gelu", x, "gelu");
  filters.forEach((count, i) => (x = convGroup(`group${i + 1}`, x, count)));
  x = connect(tf.layers.globalMaxPooling2d({ name: "pool", dataFormat: "channelsLast" }), x);
  x = layers.dense("classifier", x, { units: numClasses, useBias: false, initializer: "torch" });
  const logits = connect(tf.layers.rescaling({ name: "logits", scale: LOGIT_SCALE }), x);
  const model = tf.model({ name, inputs: input, outputs: logits });

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
function checkFilters(name: ModelName, filters: readonly number[]): void {
  if (filters.every((count, i) => i === 0 || count >= filters[i - 1]!)) return;
  throw new ModelConfigError(
    `Expected \`filters\` of ${name} to fall nowhere, from the ${filters[0]} of its whitening layer on. ` +
      `Received: [${filters.slice(1).join(", ")}]. Give later groups at least as many as earlier ones.`,
  );
}

/** The whitening layer takes a pixel off, and each group halves what is left. */
function checkSize(name: ModelName, [height, width]: readonly number[], groups: number): void {
  const least = 2 ** groups + 1;
  if (Math.min(height!, width!) >= least) return;
  throw new ModelConfigError(
    `Expected pictures of at least ${least}×${least} pixels for the ${groups} groups of ${name}. ` +
      `Received: ${height}×${width}. Give fewer \`filters\`, or larger pictures (data.imageSize).`,
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
