import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "../test/finite-difference.js";
import { LayerNormalization, type LayerNormalizationArgs } from "./layer-normalization.js";

function build(layer: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [2, 3, 4] });
  return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
}

describe("LayerNormalization", () => {
  const initializers = {
    gammaInitializer: tf.initializers.randomNormal({ mean: 1, stddev: 1, seed: 1 }),
    betaInitializer: tf.initializers.randomNormal({ mean: 0, stddev: 1, seed: 2 }),
  };
  const x = () => tf.randomNormal([5, 2, 3, 4], 2, 3, "float32", 3);

  it.each([{}, { epsilon: 1e-6 }, { scale: false }, { center: false }] as LayerNormalizationArgs[])(
    "predicts what the stock layer predicts: %j",
    async (args) => {
      const predict = async (layer: tf.layers.Layer) => await (build(layer).predict(x()) as tf.Tensor).data();
      const own = await predict(new LayerNormalization({ ...args, ...initializers }));
      const stock = await predict(tf.layers.layerNormalization({ ...args, ...initializers }));
      expect(largestDifference(own, stock)).toBeLessThan(1e-5);
    },
  );

  it("has the stock layer's gradients", async () => {
    const dy = tf.randomNormal([5, 2, 3, 4], 0, 1, "float32", 4);
    const gradients = async (layer: tf.layers.Layer): Promise<number[]> => {
      const model = build(layer);
      const loss = (x: tf.Tensor): tf.Scalar =>
        (model.apply(x, { training: true }) as tf.Tensor).mul(dy).sum();
      const { grads } = tf.variableGrads(() => loss(x()));
      const ofWeights = model.trainableWeights.map((weight) => grads[weight.name] as tf.Tensor);
      expect(ofWeights.map(({ shape }) => shape)).toEqual([[4], [4]]);
      return (
        await Promise.all(
          [...ofWeights, tf.grad(loss)(x())].map(async (gradient) => [...(await gradient.data())]),
        )
      ).flat();
    };
    const own = await gradients(new LayerNormalization(initializers));
    expect(largestDifference(own, await gradients(tf.layers.layerNormalization(initializers)))).toBeLessThan(
      1e-4,
    );
  });

  it("trains without scale or offset", async () => {
    const model = build(new LayerNormalization({ scale: false }));
    const { grads } = tf.variableGrads(() => (model.apply(x(), { training: true }) as tf.Tensor).sum());
    // Every one of the 30 rows adds its offset once.
    expect([...(await Object.values(grads)[0]!.data())]).toEqual([30, 30, 30, 30]);
  });

  it("saves the stock layer's config", () => {
    const args = { name: "norm", epsilon: 1e-6, axis: -1 };
    const own = new LayerNormalization(args);
    expect(own.getClassName()).toBe("LayerNormalization");
    expect(JSON.parse(JSON.stringify(own.getConfig()))).toEqual(
      JSON.parse(JSON.stringify(tf.layers.layerNormalization(args).getConfig())),
    );
  });

  it("refuses another axis than the last", () => {
    expect(() => build(new LayerNormalization({ name: "norm", axis: 1 }))).toThrow(
      'Expected `axis` of LayerNormalization "norm" to be -1 or 3, the last one. Received: 1.',
    );
    expect(() => build(new LayerNormalization({ axis: [2, 3] }))).toThrow("Received: [2,3].");
    expect(build(new LayerNormalization({ axis: 3 })).outputs[0]?.shape).toEqual([null, 2, 3, 4]);
  });
});
