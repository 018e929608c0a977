import { Rng } from "@convkit/random";
import { LayerSpec } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { createModel } from "./create-model.js";
import { ModelConfigError } from "./errors.js";

/** As in a config: defaults left out. */
function build(...layers: z.input<typeof LayerSpec>[]): Promise<tf.LayersModel> {
  const spec = { layers: layers.map((layer) => LayerSpec.parse(layer)) };
  return createModel(spec, { inputShape: [8, 8, 3], numClasses: 4, rng: Rng.fromSeed(1) });
}

describe("a list of layers", () => {
  it("becomes a network of every kind of layer, named by kind and place, with logits behind it", async () => {
    const model = await build(
      { layer: "conv", filters: 6, useBias: false },
      { layer: "batchNorm", scale: false },
      { layer: "activation", activation: "relu" },
      { layer: "maxPool" },
      { layer: "depthwiseConv", strides: 2, activation: "relu6" },
      { layer: "conv", filters: 5, kernelSize: 1, activation: "elu" },
      { layer: "avgPool", poolSize: 2, strides: 1, padding: "same" },
      { layer: "flatten" },
      { layer: "dropout", rate: 0.5 },
      { layer: "dense", units: 7, activation: "tanh" },
    );
    const shapes = Object.fromEntries(
      model.layers.map(({ name, outputShape }) => [name, outputShape.slice(1)]),
    );
    expect(shapes).toEqual({
      input: [8, 8, 3],
      conv1: [8, 8, 6],
      batchNorm1: [8, 8, 6],
      activation1: [8, 8, 6],
      maxPool1: [4, 4, 6],
      depthwiseConv1: [2, 2, 6],
      conv2: [2, 2, 5],
      avgPool1: [2, 2, 5],
      flatten1: [20],
      dropout1: [20],
      dense1: [7],
      logits: [4],
    });
    expect(model.weights.map(({ originalName }) => originalName)).toContain(
      "depthwiseConv1/depthwise_kernel",
    );
  });

  it("flattens before the logits only where it has to", async () => {
    const names = async (...layers: z.input<typeof LayerSpec>[]) =>
      (await build(...layers)).layers.map(({ name }) => name);
    expect(await names({ layer: "conv", filters: 2 })).toEqual(["input", "conv1", "flatten", "logits"]);
    expect(await names({ layer: "globalMaxPool" })).toEqual(["input", "globalMaxPool1", "logits"]);
    expect(await names({ layer: "globalAvgPool" })).toEqual(["input", "globalAvgPool1", "logits"]);
  });

  it("gives two equal layers different weights", async () => {
    const model = await build({ layer: "conv", filters: 3 }, { layer: "conv", filters: 3 });
    const [first, second] = ["conv1", "conv2"].map(
      (name) => model.getLayer(name).getWeights()[0] as tf.Tensor,
    );
    expect(await first?.data()).not.toEqual(await second?.data());
  });

  for (const [what, layers, message] of [
    [
      "a dense layer on a picture",
      [{ layer: "dense", units: 2 }],
      "Expected a flat input for dense1. Received: [8, 8, 3] from input.",
    ],
    [
      "a convolution behind a flatten",
      [{ layer: "flatten" }, { layer: "conv", filters: 2 }],
      "Expected a [height, width, channels] input for conv1. Received: [192] from flatten1.",
    ],
    [
      "a pooling larger than what is left",
      [{ layer: "maxPool", poolSize: 8 }, { layer: "maxPool" }],
      "Expected an input of at least 2×2 pixels for maxPool2. Received: [1, 1, 3] from maxPool1.",
    ],
    [
      "a kernel larger than the picture",
      [{ layer: "conv", filters: 1, kernelSize: 9, padding: "valid" }],
      "Expected an input of at least 9×9 pixels for conv1.",
    ],
    [
      "two flattens",
      [{ layer: "flatten" }, { layer: "flatten" }],
      "input for flatten2. Received: [192] from flatten1.",
    ],
  ] as [string, z.input<typeof LayerSpec>[], string][]) {
    it(`refuses ${what}, naming the layer`, async () => {
      await expect(build(...layers)).rejects.toThrow(ModelConfigError);
      await expect(build(...layers)).rejects.toThrow(message);
    });
  }
});
