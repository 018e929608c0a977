import { createModel } from "@convkit/models";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { pytorchNetwork, reference, twoMaps } from "./fixtures/tiny-networks.js";
import { gradCam } from "./grad-cam.js";
import { integratedGradients } from "./integrated-gradients.js";
import { occlusion } from "./occlusion.js";
import { mapAt, peaksOf, resizeMaps, type SaliencyMaps } from "./saliency-maps.js";

function expectClose(received: ArrayLike<number>, expected: readonly number[]): void {
  expect(received).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(received[i]).toBeCloseTo(value, 4));
}

const network = (spec: Parameters<typeof createModel>[0]) =>
  createModel(spec, { inputShape: [8, 8, 3], numClasses: 4, rng: Rng.fromSeed(3) });

describe("gradCam", () => {
  it("is what the formula gives by hand", async () => {
    // Logits of x = [1, 2, 3, 6]: means 3 and −3, so [3, −12]: class 0. Its gradients are 2/4 and 1/4 everywhere, so that
    // the map is x · 0.5 − x · 0.25; for class 1, −x · 0.25 − x · 0.75, nothing after the ReLU.
    const model = twoMaps();
    const inputs = tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]);
    const maps = await gradCam(model, inputs);
    expect([...maps.data]).toEqual([0.25, 0.5, 0.75, 1.5]);
    expect(maps).toMatchObject({ count: 1, height: 2, width: 2, classes: [0] });
    const other = await gradCam(model, inputs, { classes: 1 });
    expect([...other.data]).toEqual([0, 0, 0, 0]);
    expect(peaksOf(other)).toEqual([null]);
  });

  it("agrees with PyTorch, plain and ++, and where it is resized", async () => {
    const { model, inputs } = pytorchNetwork();
    const maps = await gradCam(model, inputs);
    expect(maps.classes).toEqual(reference.classes);
    expectClose(maps.data, reference.gradCam);
    expectClose(resizeMaps(maps, 8, 6).data, reference.resized);
    const plus = await gradCam(model, inputs, { variant: "grad-cam++" });
    expectClose(plus.data, reference.gradCamPlusPlus);
  });

  it("treats each picture by itself, however many there are, by the class asked for it", async () => {
    const { model, inputs } = pytorchNetwork();
    const many = tf.tile(inputs, [5, 1, 1, 1]);
    const classes = Array.from({ length: 20 }, (_, i) => i % 3);
    const maps = await gradCam(model, many, { classes });
    expect(maps.classes).toEqual(classes);
    const alone = await gradCam(model, inputs.slice(2, 1), { classes: classes[18]! });
    expectClose(mapAt(maps, 18), [...alone.data]);
  });

  it("looks at a layer within a residual block with the other path held still", async () => {
    const model = await network("resnet20");
    const layer = model.layers.findLast((each) => each.getClassName() === "Conv2D")!.name;
    const inputs = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, "float32", 5);
    const maps = await gradCam(model, inputs, { layer });
    expect([maps.height, maps.width]).toEqual([2, 2]);
    expect(Math.max(...maps.data)).toBeGreaterThan(0);
  });

  it("refuses a class that the network does not have", async () => {
    await expect(gradCam(twoMaps(), tf.ones([1, 2, 2, 1]), { classes: 2 })).rejects.toThrow(
      "Expected a class from 0 to 1 for picture 0. Received: 2.",
    );
  });
});

describe("integratedGradients", () => {
  it("agrees with PyTorch", async () => {
    const { model, inputs } = pytorchNetwork();
    const { steps, maps } = reference.integratedGradients;
    expectClose((await integratedGradients(model, inputs, { steps })).data, maps);
  });

  it("sums to what the logit gains over the baseline, the closer the more steps", async () => {
    const { model, inputs } = pytorchNetwork();
    const logit = async (x: tf.Tensor) => await (model.predict(x) as tf.Tensor).data();
    const [at, from] = [await logit(inputs), await logit(tf.fill(inputs.shape, 0.25))];
    const gap = async (steps: number) => {
      const maps = await integratedGradients(model, inputs, { steps, baseline: 0.25, classes: 1 });
      return Math.max(
        ...Array.from({ length: 4 }, (_, i) =>
          Math.abs(mapAt(maps, i).reduce((a, b) => a + b) - (at[i * 3 + 1]! - from[i * 3 + 1]!)),
        ),
      );
    };
    const [coarse, fine] = [await gap(2), await gap(256)];
    expect(fine).toBeLessThan(0.05);
    expect(fine).toBeLessThan(coarse / 10);
  });

  it("goes through batch normalisation as it judges, not as it trains", async () => {
    const model = await network("resnet20");
    const inputs = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 3], 0, 1, "float32", 5);
    const together = await integratedGradients(model, inputs, { steps: 2, classes: 0 });
    const alone = await integratedGradients(model, inputs.slice(1, 1), { steps: 2, classes: 0 });
    expectClose(mapAt(together, 1), [...alone.data]);
    expect(Math.max(...alone.data)).toBeGreaterThan(0);
  });

  it("refuses no steps", async () => {
    await expect(integratedGradients(twoMaps(), tf.ones([1, 2, 2, 1]), { steps: 0 })).rejects.toThrow(
      "Expected a whole number of steps above 0. Received: 0.",
    );
  });
});

describe("occlusion", () => {
  it("agrees with PyTorch", async () => {
    const { model, inputs } = pytorchNetwork();
    const { size, stride, maps } = reference.occlusion;
    expectClose((await occlusion(model, inputs, { size, stride })).data, maps);
  });

  it("is the fall of the logit by hand", async () => {
    // Class 0 has the logit 2 · mean − mean: each covered pixel takes a quarter of its value.
    const maps = await occlusion(twoMaps(), tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]), { size: 1, stride: 1 });
    expect([...maps.data]).toEqual([0.25, 0.5, 0.75, 1.5]);
    expect(peaksOf(maps)).toEqual([{ x: 1, y: 1 }]);
  });

  it("refuses squares that leave gaps", async () => {
    await expect(occlusion(twoMaps(), tf.ones([1, 2, 2, 1]), { size: 1, stride: 2 })).rejects.toThrow(
      "Expected a square of 1 to 2 whole pixels a side and a stride from 1 to that. Received: size 1, stride 2.",
    );
  });
});

it.each([
  ["grad-cam", gradCam],
  ["integrated gradients", integratedGradients],
  ["occlusion", occlusion],
] as const)("%s leaves neither tensors behind nor the network changed", async (_, explain) => {
  const { model, inputs } = pytorchNetwork();
  await explain(model, inputs);
  const before = tf.memory().numTensors;
  const first = await explain(model, inputs);
  await expect(explain(model, inputs, { classes: 9 })).rejects.toThrow(RangeError);
  expect(tf.memory().numTensors).toBe(before);
  expect([...(await explain(model, inputs)).data]).toEqual([...first.data]);
  expect(model.getLayer("conv2").inboundNodes).toHaveLength(1);
});

describe("resizeMaps", () => {
  it("puts the centres of pixels at halves", () => {
    const maps: SaliencyMaps = { data: Float32Array.of(0, 4), count: 1, height: 1, width: 2, classes: [0] };
    expect([...resizeMaps(maps, 1, 4).data]).toEqual([0, 1, 3, 4]);
  });
});
