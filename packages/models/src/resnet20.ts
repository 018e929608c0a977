/**
 * ResNet for 32×32 images: stem → 3 stages of 3 residual blocks → head. 272,474 trainable parameters for CIFAR-10.
 * He et al. 2015, §4.2, https://arxiv.org/abs/1512.03385
 * Differs from the paper: projection shortcuts (option B) where the shape changes.
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition } from "./model-builder.js";
import { connect, NamedLayers } from "./named-layers.js";
import { parseModelOptions } from "./parse-model-options.js";

const STAGE_FILTERS = [16, 32, 64];
const BLOCKS_PER_STAGE = 3;

export const resnet20: ModelDefinition = {
  summary: "20 layers with residual connections, for small pictures",
  source: "https://arxiv.org/abs/1512.03385",
  minSize: 8,
  build: buildResnet20,
};

function buildResnet20({ inputShape, numClasses, rng }: ModelContext, options: unknown): tf.LayersModel {
  parseModelOptions("resnet20", z.strictObject({}), options);
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
    const sum = connect(tf.layers.add({ name: `${name}-add` }), [
      residual,
      shortcut(name, x, filters, strides),
    ]);
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
    for (let block = 0; block < BLOCKS_PER_STAGE; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      x = basicBlock(`stage${stage + 1}-block${block + 1}`, x, filters, strides);
    }
  });
  x = connect(tf.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }), x);
  const logits = layers.dense("logits", x, { units: numClasses });
  return tf.model({ name: "resnet20", inputs: input, outputs: logits });
}
