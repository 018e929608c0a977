import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { NamedLayers, type KernelInitializer } from "./named-layers.js";

const layers = () => new NamedLayers(Rng.fromSeed(1));

function run(
  shape: number[],
  connect: (layers: NamedLayers, x: tf.SymbolicTensor) => tf.SymbolicTensor,
): tf.LayersModel {
  const input = tf.input({ shape });
  return tf.model({ inputs: input, outputs: connect(layers(), input) });
}

describe("NamedLayers", () => {
  it("pads strided convolutions alike on both sides where a number says so, as PyTorch does", async () => {
    const model = run([4, 4, 1], (layers, x) => layers.conv("c", x, { filters: 1, strides: 2, padding: 1 }));
    model.getLayer("c").setWeights([tf.ones([3, 3, 1, 1])]);
    const y = model.predict(tf.range(0, 16).reshape([1, 4, 4, 1])) as tf.Tensor;
    // Rows and columns −1 to 1, then 1 to 3, of 0 to 15; "same" would begin at 0.
    expect([...(await y.data())]).toEqual([
      0 + 1 + 4 + 5,
      1 + 2 + 3 + 5 + 6 + 7,
      4 + 5 + 8 + 9 + 12 + 13,
      90,
    ]);
  });

  it("pads depthwise convolutions the same way", async () => {
    const model = run([4, 4, 1], (layers, x) => layers.depthwiseConv("c", x, { strides: 2, padding: 1 }));
    model.getLayer("c").setWeights([tf.ones([3, 3, 1, 1])]);
    const y = model.predict(tf.range(0, 16).reshape([1, 4, 4, 1])) as tf.Tensor;
    expect([...(await y.data())]).toEqual([10, 24, 51, 90]);
  });

  it("has the hard swish of the paper, out of stock layers", async () => {
    const model = run([7], (layers, x) => layers.hardSwish("act", x));
    const y = model.predict(tf.tensor2d([[-4, -3, -1, 0, 1, 3, 4]])) as tf.Tensor;
    // x · min(max(x + 3, 0), 6) / 6
    const values = await y.data();
    [0, 0, -1 / 3, 0, 2 / 3, 3, 4].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
    expect(model.layers.map((layer) => layer.getClassName()).sort()).toEqual([
      "Activation",
      "InputLayer",
      "Multiply",
      "Rescaling",
      "Rescaling",
    ]);
  });

  it.each([
    // 3·3·8 = 72 values come in, 3·3·32 = 288 go out.
    ["he", Math.sqrt(2 / 72)],
    ["he-fan-out", Math.sqrt(2 / 288)],
    ["he-uniform", Math.sqrt(2 / 72)],
    ["torch", Math.sqrt(1 / 72 / 3)],
    [0.02, 0.02],
  ] as [KernelInitializer, number][])(
    "starts a kernel of kind %s with deviation %d",
    async (initializer, deviation) => {
      const model = run([4, 4, 8], (layers, x) => layers.conv("c", x, { filters: 32, initializer }));
      const { mean, variance } = tf.moments(model.getLayer("c").getWeights()[0]!);
      expect((await mean.data())[0]! / deviation).toBeCloseTo(0, 1);
      expect(Math.sqrt((await variance.data())[0]!) / deviation).toBeCloseTo(1, 1);
    },
  );

  it("lets batch normalisation begin as nothing", async () => {
    const model = run([2, 2, 3], (layers, x) => layers.batchNorm("n", x, { gammaInitializer: "zeros" }));
    expect((await (model.predict(tf.ones([1, 2, 2, 3])) as tf.Tensor).abs().max().data())[0]).toBe(0);
  });
});
