/**
 * Wide ResNets for 32×32 images: stem → 3 groups of few, wide, pre-activated residual blocks → head. For CIFAR-10
 * 2,748,890 (`wide-resnet-16-4`) and 36,479,194 (`wide-resnet-28-10`) parameters; the numbers are depth and width.
 * Zagoruyko and Komodakis 2016, §2 and table 1, https://arxiv.org/abs/1605.07146
 * As in the authors' program, the projection that changes a block's shape reads its first activation.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition, ModelReference } from "./model-builder.js";
import { NamedLayers } from "./named-layers.js";
import type { ModelName } from "./names.js";
import { parseModelOptions } from "./parse-model-options.js";

const Options = z.strictObject({
  /** Between the two convolutions of a block; the paper has 0 or 0.3. */
  dropout: z.number().min(0).lt(1).default(0),
});
const STEM_FILTERS = 16;

type Variant = {
  name: ModelName;
  depth: number;
  width: number;
  reference: Pick<ModelReference, "parameters" | "flops">;
};

function wideResnet({ name, depth, width, reference }: Variant): ModelDefinition {
  return {
    source: "https://arxiv.org/abs/1605.07146",
    minSize: 8,
    reference: { inputShape: [32, 32, 3], numClasses: 10, ...reference },
    features: "pool",
    build: (context, options) =>
      buildWideResnet(context, parseModelOptions(name, Options, options), { name, depth, width }),
  };
}

export const wideResnet16x4 = wideResnet({
  name: "wide-resnet-16-4",
  depth: 16,
  width: 4,
  reference: { parameters: 2_748_890, flops: 785_224_704 },
});

export const wideResnet28x10 = wideResnet({
  name: "wide-resnet-28-10",
  depth: 28,
  width: 10,
  reference: { parameters: 36_479_194, flops: 10_486_657_536 },
});

function buildWideResnet(
  { inputShape, numClasses, rng }: ModelContext,
  { dropout }: z.output<typeof Options>,
  { name, depth, width }: Pick<Variant, "name" | "depth" | "width">,
): tf.LayersModel {
  const layers = new NamedLayers(rng);

  function bnRelu(place: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
    return layers.relu(`${place}-relu`, layers.batchNorm(`${place}-norm`, x));
  }

  /** [N, H, W, C] → [N, H/strides, W/strides, filters] */
  function block(
    place: string,
    x: tf.SymbolicTensor,
    { filters, strides }: { filters: number; strides: 1 | 2 },
  ): tf.SymbolicTensor {
    const activated = bnRelu(`${place}-1`, x);
    const padding = strides === 1 ? "same" : 1;
    let y = layers.conv(`${place}-1-conv`, activated, { filters, strides, padding });
    y = bnRelu(`${place}-2`, y);
    if (dropout > 0) y = layers.dropout(`${place}-dropout`, y, dropout);
    y = layers.conv(`${place}-2-conv`, y, { filters });
    const shortcut =
      x.shape.at(-1) === filters
        ? x
        : layers.conv(`${place}-shortcut-conv`, activated, { filters, kernelSize: 1, strides });
    return layers.add(`${place}-add`, [y, shortcut]);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.conv("stem-conv", input, { filters: STEM_FILTERS });
  for (let stage = 0; stage < 3; stage++) {
    const filters = STEM_FILTERS * width * 2 ** stage;
    for (let place = 0; place < (depth - 4) / 6; place++) {
      const strides = stage > 0 && place === 0 ? 2 : 1;
      x = block(`stage${stage + 1}-block${place + 1}`, x, { filters, strides });
    }
  }
  x = layers.globalAveragePool("pool", bnRelu("final", x));
  const logits = layers.dense("logits", x, { units: numClasses });
  return tf.model({ name, inputs: input, outputs: logits });
}
