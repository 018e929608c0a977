import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "../test/finite-difference.js";
import { BatchNormalization } from "./batch-normalization.js";
import { fuseActivations } from "./fuse-activations.js";

const TRAINING = { training: true };

/**
 * Dense → bn-a → relu → dense → bn-b → ReLU layer → bn-c, whose output is read twice → relu and an addition.
 * Equal seeds make every build the same network.
 */
function build(activation: "relu" | "gelu" = "relu"): tf.LayersModel {
  const dense = (name: string, seed: number) =>
    tf.layers.dense({ name, units: 4, kernelInitializer: tf.initializers.glorotNormal({ seed }) });
  const input = tf.input({ shape: [3] });
  let x = dense("dense-a", 1).apply(input);
  x = new BatchNormalization({ name: "bn-a" }).apply(x);
  x = tf.layers.activation({ name: "relu-a", activation }).apply(x);
  x = dense("dense-b", 2).apply(x);
  x = new BatchNormalization({ name: "bn-b" }).apply(x);
  x = tf.layers.reLU({ name: "relu-b" }).apply(x);
  const shared = new BatchNormalization({ name: "bn-c" }).apply(x) as tf.SymbolicTensor;
  const activated = tf.layers.activation({ name: "relu-c", activation }).apply(shared) as tf.SymbolicTensor;
  const sum = tf.layers.add({ name: "sum" }).apply([shared, activated]) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: sum });
}

const batch = () => tf.randomNormal([6, 3], 0, 1, "float32", 5);

describe("fuseActivations", () => {
  it("fuses the layers that only a ReLU reads, once", () => {
    const model = build();
    expect(fuseActivations(model)).toEqual(["bn-a", "bn-b"]);
    expect(fuseActivations(model)).toEqual(["bn-a", "bn-b"]);
  });

  it.each(["relu", "gelu"] as const)(
    "changes neither outputs, nor gradients, nor moving statistics: %s",
    (activation) => {
      const [plain, fused] = [build(activation), build(activation)];
      fuseActivations(fused);
      const x = batch();
      const outcome = (model: tf.LayersModel): number[][] => {
        const loss = (): tf.Scalar => (model.apply(x, TRAINING) as tf.Tensor).square().mean();
        const { value, grads } = tf.variableGrads(loss);
        const gradients = model.trainableWeights.map((weight) => [
          ...(grads[weight.name] as tf.Tensor).dataSync(),
        ]);
        const weights = model.getWeights().map((tensor) => [...tensor.dataSync()]);
        return [
          [...value.dataSync()],
          ...gradients,
          ...weights,
          [...(model.predict(x) as tf.Tensor).dataSync()],
        ];
      };
      const expected = outcome(plain);
      outcome(fused).forEach((values, i) => {
        expect(largestDifference(values, expected[i] as number[])).toBeLessThan(1e-5);
      });
    },
  );

  it("applies the ReLU in the training pass, and only there", () => {
    const model = build();
    fuseActivations(model);
    const norm = model.getLayer("bn-a");
    const x = tf.randomNormal([6, 4], 0, 1, "float32", 5);
    expect((norm.apply(x, TRAINING) as tf.Tensor).min().dataSync()[0]).toBe(0);
    expect((norm.apply(x) as tf.Tensor).min().dataSync()[0]).toBeLessThan(0);
  });

  it("still applies the ReLU behind a frozen layer", () => {
    const model = build();
    fuseActivations(model);
    model.getLayer("bn-a").trainable = false;
    const probe = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("relu-a").output,
    });
    expect((probe.apply(batch(), TRAINING) as tf.Tensor).min().dataSync()[0]).toBe(0);
  });

  it("leaves a layer alone whose output is the model's", () => {
    const input = tf.input({ shape: [3] });
    const norm = new BatchNormalization().apply(input) as tf.SymbolicTensor;
    const relu = tf.layers.reLU().apply(norm) as tf.SymbolicTensor;
    expect(fuseActivations(tf.model({ inputs: input, outputs: [norm, relu] }))).toEqual([]);
  });

  it("leaves ReLU6 and other activations alone", () => {
    const input = tf.input({ shape: [3] });
    const capped = tf.layers.reLU({ maxValue: 6 }).apply(new BatchNormalization().apply(input));
    const elu = tf.layers.elu().apply(new BatchNormalization().apply(capped)) as tf.SymbolicTensor;
    expect(fuseActivations(tf.model({ inputs: input, outputs: elu }))).toEqual([]);
  });

  it("does not change what is saved", () => {
    const model = build();
    const before = model.toJSON();
    fuseActivations(model);
    expect(model.toJSON()).toEqual(before);
  });
});
