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

/** Loss, gradients, weights with the moving statistics that the step left, and what is predicted then. */
async function outcomeOf(model: tf.LayersModel, x: tf.Tensor): Promise<number[][]> {
  const loss = (): tf.Scalar => (model.apply(x, TRAINING) as tf.Tensor).square().mean();
  const { value, grads } = tf.variableGrads(loss);
  const gradients = await Promise.all(
    model.trainableWeights.map(async ({ name }) => [...(await grads[name]!.data())]),
  );
  const weights = await Promise.all(model.getWeights().map(async (tensor) => [...(await tensor.data())]));
  return [
    [...(await value.data())],
    ...gradients,
    ...weights,
    [...(await (model.predict(x) as tf.Tensor).data())],
  ];
}

describe("fuseActivations", () => {
  it("fuses the layers that only a ReLU reads, once", () => {
    const model = build();
    expect(fuseActivations(model)).toEqual(["bn-a", "bn-b"]);
    expect(fuseActivations(model)).toEqual(["bn-a", "bn-b"]);
  });

  it.each(["relu", "gelu"] as const)(
    "changes neither outputs, nor gradients, nor moving statistics: %s",
    async (activation) => {
      const [plain, fused] = [build(activation), build(activation)];
      fuseActivations(fused);
      const x = batch();
      const expected = await outcomeOf(plain, x);
      (await outcomeOf(fused, x)).forEach((values, i) => {
        expect(largestDifference(values, expected[i] as number[])).toBeLessThan(1e-5);
      });
    },
  );

  /** Convolution → norm → ReLU → max pooling, twice; the second pooling's windows overlap or leave pixels out, or not. */
  function buildPooled(second: { poolSize: number; strides: number }, size = 8): tf.LayersModel {
    const input = tf.input({ shape: [size, size, 2] });
    let x: tf.SymbolicTensor = input;
    for (const [i, pooling] of [{ poolSize: 2, strides: 2 }, second].entries()) {
      const kernelInitializer = tf.initializers.glorotNormal({ seed: i + 1 });
      x = tf.layers
        .conv2d({ filters: 3, kernelSize: 3, padding: "same", kernelInitializer })
        .apply(x) as typeof x;
      x = new BatchNormalization({ name: `norm-${i}` }).apply(x) as typeof x;
      x = tf.layers.reLU({ name: `relu-${i}` }).apply(x) as typeof x;
      x = tf.layers.maxPooling2d({ name: `pool-${i}`, ...pooling }).apply(x) as typeof x;
    }
    return tf.model({ inputs: input, outputs: tf.layers.flatten().apply(x) as tf.SymbolicTensor });
  }
  const pools = (model: tf.LayersModel) =>
    [0, 1].map((i) => (model.getLayer(`norm-${i}`) as BatchNormalization).trainingPool);

  it("pools in the same pass, with the same outputs, gradients and moving statistics", async () => {
    const [plain, fused] = [2, 2].map((poolSize) => buildPooled({ poolSize, strides: 2 })) as [
      tf.LayersModel,
      tf.LayersModel,
    ];
    fuseActivations(fused);
    expect(pools(fused)).toEqual([true, true]);
    const x = tf.randomNormal([2, 8, 8, 2], 0, 1, "float32", 5);
    const expected = await outcomeOf(plain, x);
    (await outcomeOf(fused, x)).forEach((values, i) => {
      expect(largestDifference(values, expected[i]!)).toBeLessThan(1e-5);
    });
  });

  it("leaves a pooling alone whose windows overlap, leave pixels out, or that is not alone to read", () => {
    for (const [model, pooled] of [
      [buildPooled({ poolSize: 3, strides: 2 }), [true, false]],
      [buildPooled({ poolSize: 2, strides: 1 }), [true, false]],
      [buildPooled({ poolSize: 2, strides: 2 }, 10), [true, false]],
    ] as const) {
      fuseActivations(model);
      expect(pools(model)).toEqual(pooled);
    }
    const inner = buildPooled({ poolSize: 2, strides: 2 });
    const model = tf.model({
      inputs: inner.inputs,
      outputs: [inner.getLayer("relu-0").output as tf.SymbolicTensor, ...inner.outputs],
    });
    fuseActivations(model);
    expect(pools(model)).toEqual([false, true]);
  });

  it("applies the ReLU in the training pass, and only there", async () => {
    const model = build();
    fuseActivations(model);
    const norm = model.getLayer("bn-a");
    const x = tf.randomNormal([6, 4], 0, 1, "float32", 5);
    expect((await (norm.apply(x, TRAINING) as tf.Tensor).min().data())[0]).toBe(0);
    expect((await (norm.apply(x) as tf.Tensor).min().data())[0]).toBeLessThan(0);
  });

  it("still applies the ReLU behind a frozen layer", async () => {
    const model = build();
    fuseActivations(model);
    model.getLayer("bn-a").trainable = false;
    const probe = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("relu-a").output,
    });
    expect((await (probe.apply(batch(), TRAINING) as tf.Tensor).min().data())[0]).toBe(0);
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
