/**
 * ResNet for 32×32 images: stem → 3 stages of residual blocks → head. For CIFAR-10 272,474 (`resnet20`), 466,906
 * (`resnet32`) and 855,770 (`resnet56`) trainable parameters.
 * He et al. 2015, §4.2, https://arxiv.org/abs/1512.03385
 * Differs from the paper: projection shortcuts (option B) where the shape changes, which adds 2,752 parameters.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition, ModelReference } from "./model-builder.js";
import { NamedLayers } from "./named-layers.js";
import type { ModelName } from "./names.js";
import { parseModelOptions } from "./parse-model-options.js";

const STAGE_FILTERS = [16, 32, 64];

type Variant = {
  name: ModelName;
  blocksPerStage: number;
  reference: Pick<ModelReference, "parameters" | "flops">;
};

function resnetCifar({ name, blocksPerStage, reference }: Variant): ModelDefinition {
  return {
    source: "https://arxiv.org/abs/1512.03385",
    minSize: 8,
    reference: { inputShape: [32, 32, 3], numClasses: 10, ...reference },
    features: "pool",
    build(context, options) {
      parseModelOptions(name, z.strictObject({}), options);
      return buildResnetCifar(context, { name, blocksPerStage });
    },
  };
}

export const resnet20 = resnetCifar({
  name: "resnet20",
  blocksPerStage: 3,
  reference: { parameters: 272_474, flops: 81_626_368 },
});

export const resnet32 = resnetCifar({
  name: "resnet32",
  blocksPerStage: 5,
  reference: { parameters: 466_906, flops: 138_249_472 },
});

export const resnet56 = resnetCifar({
  name: "resnet56",
  blocksPerStage: 9,
  reference: { parameters: 855_770, flops: 251_495_680 },
});

function buildResnetCifar(
  { inputShape, numClasses, rng }: ModelContext,
  { name, blocksPerStage }: Pick<Variant, "name" | "blocksPerStage">,
): tf.LayersModel {
  const layers = new NamedLayers(rng);

  /** [N, H, W, C] → [N, H/strides, W/strides, filters] */
  function basicBlock(
    name: string,
    x: tf.SymbolicTensor,
    filters: number,
    strides: 1 | 2,
  ): tf.SymbolicTensor {
    const hidden = layers.convBnRelu(`${name}-1`, x, { filters, strides });
    const residual = layers.batchNorm(`${name}-2-norm`, layers.conv(`${name}-2-conv`, hidden, { filters }));
    const sum = layers.add(`${name}-add`, [residual, shortcut(name, x, filters, strides)]);
    return layers.relu(`${name}-relu`, sum);
  }

  /** The identity where the shape stays, else a 1×1 convolution: the paper's option B. */
  function shortcut(name: string, x: tf.SymbolicTensor, filters: number, strides: 1 | 2): tf.SymbolicTensor {
    if (strides === 1) return x;
    const projected = layers.conv(`${name}-shortcut-conv`, x, { filters, kernelSize: 1, strides });
    return layers.batchNorm(`${name}-shortcut-norm`, projected);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = layers.convBnRelu("stem", input, { filters: 16 });
  STAGE_FILTERS.forEach((filters, stage) => {
    for (let block = 0; block < blocksPerStage; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      x = basicBlock(`stage${stage + 1}-block${block + 1}`, x, filters, strides);
    }
  });
  const logits = layers.dense("logits", layers.globalAveragePool("pool", x), { units: numClasses });
  return tf.model({ name, inputs: input, outputs: logits });
}
