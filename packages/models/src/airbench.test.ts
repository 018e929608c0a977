import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { countParameters } from "./count-parameters.js";
import { createModel } from "./create-model.js";
import { ModelConfigError } from "./errors.js";
import type { SampleImages } from "./model-builder.js";
import { stagesOf } from "./split-model.js";

const weightOf = (model: tf.LayersModel, name: string) =>
  model.weights.find(({ originalName }) => originalName === name) as tf.LayerVariable;

/** Smooth pictures: neighbouring pixels and channels go together, as in photographs. */
function smoothPictures(count: number, size: number): SampleImages {
  const rng = Rng.fromSeed("pictures");
  const images = new Float32Array(count * size * size * 3);
  for (let n = 0; n < count; n++) {
    const [base, slopeX, slopeY] = [rng.normal(), rng.normal(), rng.normal()];
    for (let i = 0; i < size * size * 3; i++) {
      const [y, x] = [Math.floor(i / (3 * size)), Math.floor(i / 3) % size];
      images[n * size * size * 3 + i] = base + (slopeX * x + slopeY * y) / size + 0.3 * rng.normal();
    }
  }
  return { images, count };
}

describe("airbench94", () => {
  it("has the published 1.97 million parameters for CIFAR-10", async () => {
    const model = await createModel("airbench94", {
      inputShape: [32, 32, 3],
      numClasses: 10,
      rng: Rng.fromSeed(0),
    });
    // 2·2·3·24 + 24, six 3×3 convolutions, their six offsets, and 256·10.
    expect(countParameters(model).trainable).toBe(1_971_640);
    expect(model.getLayer("group3-gelu2").outputShape).toEqual([null, 3, 3, 256]);
  });

  it("takes narrower groups, but none that is narrower than what it is to hand on", async () => {
    const context = { inputShape: [32, 32, 3] as const, numClasses: 10, rng: Rng.fromSeed(0) };
    const narrow = (filters: number[]) => createModel({ name: "airbench94", options: { filters } }, context);
    const model = await narrow([24, 32, 48]);
    expect(model.getLayer("group2-gelu2").outputShape).toEqual([null, 7, 7, 32]);
    await expect(narrow([16, 32, 48])).rejects.toThrow("from the 24 of its whitening layer on");
    await expect(narrow([64, 32, 48])).rejects.toThrow(ModelConfigError);
  });

  it("has as many groups as it is given filters, where the picture is large enough to be halved so often", async () => {
    const build = (size: number, filters: number[]) =>
      createModel(
        { name: "airbench94", options: { filters } },
        { inputShape: [size, size, 3], numClasses: 5, rng: Rng.fromSeed(0) },
      );
    const model = await build(17, [24, 24, 32, 48]);
    expect(model.getLayer("group4-gelu2").outputShape).toEqual([null, 1, 1, 48]);
    expect(stagesOf(model).map(({ name }) => name)).toEqual([
      "whiten",
      "group1",
      "group2",
      "group3",
      "group4",
      "head",
    ]);
    await expect(build(16, [24, 24, 32, 48])).rejects.toThrow(
      "Expected pictures of at least 17×17 pixels for the 4 groups of airbench94. Received: 16×16.",
    );
  });

  it("starts its convolutions as the identity on their inputs", async () => {
    const model = await createModel("airbench94", {
      inputShape: [9, 9, 1],
      numClasses: 2,
      rng: Rng.fromSeed(0),
    });
    const kernel = weightOf(model, "group1-conv1/kernel").read() as tf.Tensor4D;
    const passed = tf.randomNormal<tf.Rank.R4>([1, 5, 5, 8], 0, 1, "float32", 3);
    const output = tf.conv2d(passed, kernel, 1, "same").slice([0, 0, 0, 0], [1, 5, 5, 8]);
    expect(await output.data()).toEqual(await passed.data());
  });

  it("makes no features of rounding errors where its epsilon is large enough for grey pictures in three channels", async () => {
    const coloured = smoothPictures(100, 9);
    const images = coloured.images.map((_, i) => coloured.images[i - (i % 3)]!);
    /** Channels of the first normalisation that hand a whitened direction on, and are more than noise. */
    const livingChannels = async (options: object): Promise<number> => {
      const model = await createModel(
        { name: "airbench94", options: { filters: [24, 24, 24], ...options } },
        {
          inputShape: [9, 9, 3],
          numClasses: 2,
          rng: Rng.fromSeed(0),
          sampleImages: () => Promise.resolve({ images, count: 100 }),
        },
      );
      const outputs = model.getLayer("group1-norm1").output as tf.SymbolicTensor;
      const features = tf.model({ inputs: model.inputs, outputs });
      const normalised = features.apply(tf.tensor4d(images, [100, 9, 9, 3]), {
        training: true,
      }) as tf.Tensor4D;
      const { variance } = tf.moments(normalised, [0, 1, 2]);
      return (await variance.greater(0.01).sum().data())[0]!;
    };
    // Of 12 values of a patch 4 differ, and each direction has two filters.
    expect(await livingChannels({ epsilon: 1e-3 })).toBe(8);
    // The original's, which this is by itself.
    expect(await livingChannels({})).toBe(await livingChannels({ epsilon: 1e-12 }));
    expect(await livingChannels({})).toBeGreaterThan(8);
    await expect(livingChannels({ epsilon: 0 })).rejects.toThrow(ModelConfigError);
  });

  it("decorrelates pictures with its first layer, which is then frozen", async () => {
    const sample = smoothPictures(200, 9);
    const model = await createModel("airbench94", {
      inputShape: [9, 9, 3],
      numClasses: 2,
      rng: Rng.fromSeed(0),
      sampleImages: () => Promise.resolve(sample),
    });
    const kernel = weightOf(model, "whiten/kernel");
    const x = tf.tensor4d(sample.images, [sample.count, 9, 9, 3]);
    const output = tf.conv2d(x, kernel.read() as tf.Tensor4D, 1, "valid").reshape([-1, 24]);
    const half = output.slice([0, 0], [-1, 12]);
    const covariance = tf.matMul(half, half, true, false).div(half.shape[0]);
    expect((await covariance.sub(tf.eye(12)).abs().max().data())[0]).toBeLessThan(0.02);
    expect((await output.slice([0, 12], [-1, 12]).add(half).abs().max().data())[0]).toBeLessThan(1e-5);
    expect(model.trainableWeights).not.toContain(kernel);
    expect(model.trainableWeights).toContain(weightOf(model, "whiten/bias"));
  });
});
