import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "../test/finite-difference.js";
import { BatchNormalization, type BatchNormalizationArgs } from "./batch-normalization.js";

const TRAINING = { training: true };

/** A model of one layer on [N, 2, 2, 3], and the variables that training changes. */
function build(args: BatchNormalizationArgs = {}): { model: tf.LayersModel; layer: BatchNormalization } {
  const input = tf.input({ shape: [2, 2, 3] });
  const layer = new BatchNormalization(args);
  return { layer, model: tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor }) };
}

async function weight(layer: tf.layers.Layer, name: string): Promise<number[]> {
  const variable = layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`));
  if (!variable) throw new Error(`no weight ${name}`);
  return [...(await variable.read().data())];
}

function jsonOf(config: unknown): unknown {
  return JSON.parse(JSON.stringify(config));
}

const images = () => tf.randomNormal([4, 2, 2, 3], 3, 2, "float32", 11);

describe("BatchNormalization", () => {
  it.each([{ scale: false }, { center: false }, { scale: false, center: false }])(
    "lets a gradient through outside training, with %o",
    async (args) => {
      const { model } = build({ ...args, epsilon: 3 });
      const gradient = tf.grad((x) => tf.sum(model.apply(x) as tf.Tensor))(images());
      // 1 / √(variance + ε), with the first variance of 1.
      for (const value of await gradient.data()) expect(value).toBeCloseTo(0.5, 6);
    },
  );

  it("normalises by the batch while training and by the moving statistics otherwise", async () => {
    const { model } = build({ momentum: 0, epsilon: 1e-5 });
    const x = images();
    const trained = model.apply(x, TRAINING) as tf.Tensor;
    const { mean, variance } = tf.moments(trained, [0, 1, 2]);
    expect(largestDifference(await mean.data(), [0, 0, 0])).toBeLessThan(1e-5);
    expect(largestDifference(await variance.data(), [1, 1, 1])).toBeLessThan(1e-4);
    // With momentum 0 the moving statistics are this batch's, the variance times 16 / 15 (unbiased).
    const expected = trained.mul(Math.sqrt(15 / 16));
    expect(
      largestDifference(await (model.predict(x) as tf.Tensor).data(), await expected.data()),
    ).toBeLessThan(1e-4);
  });

  it("moves its statistics as worked out by hand, the variance unbiased", async () => {
    // Values 1 and 3: mean 2, unbiased variance 2. From 0 and 1 with momentum 0.9: 0.2 and 1.1.
    const layer = new BatchNormalization({ momentum: 0.9 });
    layer.apply(tf.tensor2d([[1], [3]]), TRAINING);
    expect((await weight(layer, "moving_mean"))[0]).toBeCloseTo(0.2, 6);
    expect((await weight(layer, "moving_variance"))[0]).toBeCloseTo(1.1, 6);
  });

  it("does not divide by zero for a single value per channel", async () => {
    const layer = new BatchNormalization({ momentum: 0.5 });
    layer.apply(tf.tensor2d([[1, 3]]), TRAINING);
    expect(await weight(layer, "moving_variance")).toEqual([0.5, 0.5]);
  });

  for (const [scale, center] of [
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    it(`trains with scale: ${scale}, center: ${center}`, async () => {
      const { model, layer } = build({ scale, center });
      const names = layer.trainableWeights.map(({ originalName }) => originalName.split("/").at(-1));
      expect(names).toEqual([...(scale ? ["gamma"] : []), ...(center ? ["beta"] : [])]);
      const dx = tf.grad((x) => (model.apply(x, TRAINING) as tf.Tensor).square().sum())(images());
      expect(dx.shape).toEqual([4, 2, 2, 3]);
      expect(await weight(layer, "moving_mean")).not.toEqual([0, 0, 0]);
    });
  }

  it("gives variableGrads the gradients of gamma and beta, and keeps its variables", async () => {
    const { model, layer } = build({ gammaInitializer: "ones" });
    const x = images();
    const { grads } = tf.variableGrads(() => (model.apply(x, TRAINING) as tf.Tensor).mul(2).sum().asScalar());
    const byName = Object.fromEntries(
      await Promise.all(
        layer.trainableWeights.map(async (w) => [
          w.originalName.split("/").at(-1),
          await grads[w.name]?.data(),
        ]),
      ),
    );
    // d/dbeta of Σ 2y = 2 · 16 places; d/dgamma = 2 Σ x̂ = 0.
    expect(largestDifference(byName.beta as Float32Array, [32, 32, 32])).toBeLessThan(1e-4);
    expect(largestDifference(byName.gamma as Float32Array, [0, 0, 0])).toBeLessThan(1e-4);
    expect(layer.weights.every((variable) => variable.read().isDisposed === false)).toBe(true);
  });

  const parameters = [true, false].flatMap((scale) => [true, false].map((center) => ({ scale, center })));
  const freezings = parameters.flatMap((args) => [
    { ...args, freeze: "layer" },
    { ...args, freeze: "model" },
  ]);
  for (const { freeze, ...args } of freezings) {
    it(`runs in inference mode and keeps its statistics when the ${freeze} is frozen, ${JSON.stringify(args)}`, async () => {
      const { model, layer } = build(args);
      (freeze === "layer" ? layer : model).trainable = false;
      const x = images();
      const whileTraining = await (model.apply(x, TRAINING) as tf.Tensor).data();
      expect(whileTraining).toEqual(await (model.predict(x) as tf.Tensor).data());
      expect(await weight(layer, "moving_mean")).toEqual([0, 0, 0]);
      expect(await weight(layer, "moving_variance")).toEqual([1, 1, 1]);
      (freeze === "layer" ? layer : model).trainable = true;
      model.apply(x, TRAINING);
      expect(await weight(layer, "moving_mean")).not.toEqual([0, 0, 0]);
      expect(layer.weights).toHaveLength(2 + Number(args.scale) + Number(args.center));
    });
  }

  it("leaves nothing behind over many training steps", () => {
    const { model } = build();
    const x = images();
    const step = (): void => {
      const { value, grads } = tf.variableGrads(() =>
        (model.apply(x, TRAINING) as tf.Tensor).square().mean(),
      );
      tf.dispose([value, grads]);
    };
    step();
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < 50; i++) step();
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });

  it("works on [N, C], [N, L, C] and [N, H, W, C]", () => {
    for (const shape of [
      [6, 3],
      [6, 4, 3],
      [6, 4, 2, 3],
    ]) {
      const layer = new BatchNormalization();
      const x = tf.randomNormal(shape, 0, 1, "float32", 2);
      expect((layer.apply(x, TRAINING) as tf.Tensor).shape).toEqual(shape);
      expect((layer.apply(x) as tf.Tensor).shape).toEqual(shape);
    }
  });

  it("has the stock layer's config, whatever its arguments", () => {
    for (const args of [
      {},
      { axis: 3, momentum: 0.9, epsilon: 1e-5, scale: false, center: false, trainable: false },
      {
        gammaInitializer: "zeros",
        betaRegularizer: tf.regularizers.l2({ l2: 0.1 }),
        gammaConstraint: "nonNeg",
      },
    ] as BatchNormalizationArgs[]) {
      const own = new BatchNormalization({ ...args, name: "bn" });
      expect(own.getClassName()).toBe("BatchNormalization");
      const stock = tf.layers.batchNormalization({ ...args, name: "bn" });
      expect(jsonOf(own.getConfig())).toEqual(jsonOf(stock.getConfig()));
    }
  });

  it("is rebuilt from its own config", () => {
    const config = new BatchNormalization({
      name: "bn",
      gammaInitializer: "zeros",
      momentum: 0.5,
    }).getConfig();
    const rebuilt = new BatchNormalization(config);
    expect(rebuilt.getConfig()).toMatchObject({
      name: "bn",
      momentum: 0.5,
      gammaInitializer: { className: "Zeros" },
    });
  });

  it("refuses an axis that is not the last, and an unknown channel count", () => {
    expect(() => build({ axis: 1, name: "bn" })).toThrow(
      'Expected `axis` of BatchNormalization "bn" to be -1 or 3, the last one. Received: 1.',
    );
    const input = tf.input({ shape: [null] });
    expect(() => new BatchNormalization({ name: "bn" }).apply(input)).toThrow(
      "to be known. Received: [null,null]",
    );
  });
});
