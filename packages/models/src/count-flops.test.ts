import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { countFlops } from "./count-flops.js";
import { countParameters } from "./count-parameters.js";

describe("countFlops", () => {
  it("counts convolutions and dense layers as worked out by hand", () => {
    const model = tf.sequential({
      layers: [
        // 4·4 places, 3·3·2·5 weights: 1440 multiply-adds.
        tf.layers.conv2d({ inputShape: [8, 8, 2], filters: 5, kernelSize: 3, strides: 2, padding: "same" }),
        tf.layers.reLU(),
        // 2·2 places, 3·3·5 weights: 180.
        tf.layers.depthwiseConv2d({ kernelSize: 3 }),
        // 2·2 places, 5 depthwise weights and 5·3 pointwise ones: 80.
        tf.layers.separableConv2d({ kernelSize: 1, filters: 3 }),
        tf.layers.flatten(),
        // 12·10: 120.
        tf.layers.dense({ units: 10 }),
      ],
    });
    expect(countFlops(model)).toBe(2 * (1440 + 180 + 80 + 120));
  });

  it("counts a shared layer once per call, and the layers of a model within", () => {
    const dense = tf.layers.dense({ units: 4 });
    const inner = tf.sequential({ layers: [tf.layers.dense({ units: 5, inputShape: [4] })] });
    const input = tf.input({ shape: [4] });
    const twice = dense.apply(dense.apply(input)) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: inner.apply(twice) as tf.SymbolicTensor });
    expect(countFlops(model)).toBe(2 * (16 + 16 + 20));
  });
});

describe("countParameters", () => {
  it("tells trainable weights from all", () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 3, inputShape: [2] }),
        tf.layers.batchNormalization(),
        tf.layers.dense({ units: 1, trainable: false }),
      ],
    });
    expect(countParameters(model)).toEqual({ total: 9 + 12 + 4, trainable: 9 + 6 });
  });
});
