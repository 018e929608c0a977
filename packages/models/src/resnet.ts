/**
 * ResNet for photographs: stem → 4 stages of residual blocks → head. 11,689,512 (`resnet18`), 21,797,672 (`resnet34`)
 * and 25,557,032 (`resnet50`) parameters for ImageNet.
 * He et al. 2015, table 1, https://arxiv.org/abs/1512.03385
 * Differs from the paper as torchvision and timm do: a bottleneck halves the picture in its 3×3 convolution instead of
 * its first 1×1 ("v1.5"); batch normalisation that ends a residual branch starts at 0 (Goyal et al. 2017, §5.1).
 */
import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ModelContext, ModelDefinition, ModelReference } from "./model-builder.js";
import { NamedLayers, type ConvOptions } from "./named-layers.js";
import type { ModelName } from "./names.js";
import { parseModelOptions } from "./parse-model-options.js";

const STAGE_FILTERS = [64, 128, 256, 512];
/** Of a bottleneck's last convolution, in its filters. */
const EXPANSION = 4;

type Variant = {
  name: ModelName;
  block: "basic" | "bottleneck";
  /** Blocks of each stage. */
  depths: readonly number[];
  reference: Pick<ModelReference, "parameters" | "flops">;
};

function resnet({ name, block, depths, reference }: Variant): ModelDefinition {
  return {
    source: "https://arxiv.org/abs/1512.03385",
    minSize: 8,
    reference: { inputShape: [224, 224, 3], numClasses: 1000, ...reference },
    features: "pool",
    build(context, options) {
      parseModelOptions(name, z.strictObject({}), options);
      return buildResnet(context, { name, block, depths });
    },
  };
}

export const resnet18 = resnet({
  name: "resnet18",
  block: "basic",
  depths: [2, 2, 2, 2],
  reference: { parameters: 11_689_512, flops: 3_628_146_688 },
});

export const resnet34 = resnet({
  name: "resnet34",
  block: "basic",
  depths: [3, 4, 6, 3],
  reference: { parameters: 21_797_672, flops: 7_327_522_816 },
});

export const resnet50 = resnet({
  name: "resnet50",
  block: "bottleneck",
  depths: [3, 4, 6, 3],
  reference: { parameters: 25_557_032, flops: 8_178_368_512 },
});

function buildResnet(
  { inputShape, numClasses, rng }: ModelContext,
  { name, block, depths }: Pick<Variant, "name" | "block" | "depths">,
): tf.LayersModel {
  const layers = new NamedLayers(rng);

  /** [N, H, W, C] → [N, ⌈H/strides⌉, ⌈W/strides⌉, filters]; a 1×1 kernel needs no padding. */
  function conv(place: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const { kernelSize = 3, strides = 1 } = options;
    const padding = strides > 1 ? Math.floor(kernelSize / 2) : "same";
    return layers.conv(place, x, { padding, initializer: "he-fan-out", ...options });
  }

  /** `place`-conv`i`, -norm`i`, -relu`i`. */
  function convBnRelu(
    place: string,
    i: number,
    x: tf.SymbolicTensor,
    options: ConvOptions,
  ): tf.SymbolicTensor {
    const y = layers.batchNorm(`${place}-norm${i}`, conv(`${place}-conv${i}`, x, options));
    return layers.relu(`${place}-relu${i}`, y);
  }

  /** The end of a residual branch, which starts as 0. */
  function convBn(place: string, i: number, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const y = conv(`${place}-conv${i}`, x, options);
    return layers.batchNorm(`${place}-norm${i}`, y, { gammaInitializer: "zeros" });
  }

  /** [N, H, W, C] → [N, H/strides, W/strides, filters] */
  function basicBranch(place: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const { filters } = options;
    return convBn(place, 2, convBnRelu(place, 1, x, options), { filters });
  }

  /** [N, H, W, C] → [N, H/strides, W/strides, 4 · filters] */
  function bottleneckBranch(
    place: string,
    x: tf.SymbolicTensor,
    { filters, strides }: ConvOptions,
  ): tf.SymbolicTensor {
    const reduced = convBnRelu(place, 1, x, { filters, kernelSize: 1 });
    const hidden = convBnRelu(place, 2, reduced, { filters, strides });
    return convBn(place, 3, hidden, { filters: EXPANSION * filters, kernelSize: 1 });
  }

  function residualBlock(place: string, x: tf.SymbolicTensor, options: ConvOptions): tf.SymbolicTensor {
    const branch = (block === "basic" ? basicBranch : bottleneckBranch)(place, x, options);
    const filters = branch.shape.at(-1) as number;
    const sum = layers.add(`${place}-add`, [branch, shortcut(place, x, { ...options, filters })]);
    return layers.relu(`${place}-relu`, sum);
  }

  /** The identity where the shape stays, else a 1×1 convolution. */
  function shortcut(
    place: string,
    x: tf.SymbolicTensor,
    { filters, strides }: ConvOptions,
  ): tf.SymbolicTensor {
    if (strides === 1 && x.shape.at(-1) === filters) return x;
    const projected = conv(`${place}-shortcut-conv`, x, { filters, strides, kernelSize: 1 });
    return layers.batchNorm(`${place}-shortcut-norm`, projected);
  }

  const input = tf.input({ name: "input", shape: [...inputShape] });
  let x = convBnRelu("stem", 1, input, { filters: 64, kernelSize: 7, strides: 2 });
  // Behind a ReLU a frame of zeros changes no maximum.
  x = layers.zeroPad("stem-frame", x, [
    [1, 1],
    [1, 1],
  ]);
  x = layers.maxPool("stem-pool", x, { size: 3, strides: 2 });
  STAGE_FILTERS.forEach((filters, stage) => {
    for (let place = 0; place < depths[stage]!; place++) {
      const strides = stage > 0 && place === 0 ? 2 : 1;
      x = residualBlock(`stage${stage + 1}-block${place + 1}`, x, { filters, strides });
    }
  });
  x = layers.globalAveragePool("pool", x);
  const logits = layers.dense("logits", x, { units: numClasses, initializer: "torch" });
  return tf.model({ name, inputs: input, outputs: logits });
}
