/** How the networks cut down a picture, where each is published, and what is peculiar to one of them. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { createModel } from "./create-model.js";
import type { InputShape } from "./model-builder.js";
import type { ModelName } from "./names.js";

const build = (name: ModelName, inputShape: InputShape, options = {}) =>
  createModel({ name, options }, { inputShape, numClasses: 2, rng: Rng.fromSeed(0) });
const shapeOf = (model: tf.LayersModel, layer: string) => model.getLayer(layer).outputShape.slice(1);
/** Rates of the layers that drop whole branches, by name. */
const dropRates = (model: tf.LayersModel) =>
  model.layers
    .filter(({ name }) => name.endsWith("-drop"))
    .map((layer) => [layer.name, layer.getConfig().rate as number] as const);

describe("the networks for photographs", () => {
  it.each([
    ["resnet18", { "stem-pool": [56, 56, 64], "stage4-block2-relu": [7, 7, 512] }],
    ["resnet50", { "stage1-block3-relu": [56, 56, 256], "stage4-block3-relu": [7, 7, 2048] }],
    ["squeezenet", { "stem-pool": [55, 55, 64], "stage3-fire4-concat": [13, 13, 512] }],
    ["mobilenet-v2", { "stage2-block2-add": [56, 56, 24], "final-act": [7, 7, 1280] }],
    ["mobilenet-v3-small", { "stage1-block1-project-norm": [56, 56, 16], "final-act": [7, 7, 576] }],
    ["efficientnet-b0", { "stage3-block2-add": [28, 28, 40], "final-act": [7, 7, 1280] }],
    ["convnext-atto", { "stem-norm": [56, 56, 40], "stage4-block2-add": [7, 7, 320] }],
  ] as [ModelName, Record<string, number[]>][])("%s of 224×224", async (name, shapes) => {
    const model = await build(name, [224, 224, 3]);
    for (const [layer, shape] of Object.entries(shapes)) expect(shapeOf(model, layer)).toEqual(shape);
    model.dispose();
  });

  it("vgg11-bn averages what is left to 7×7, whatever the picture", async () => {
    for (const [side, left] of [
      [224, 7],
      [32, 1],
      [100, 3],
    ] as const) {
      const model = await build("vgg11-bn", [side, side, 3], { hidden: 2 });
      expect(shapeOf(model, "stage5-pool")).toEqual([left, left, 512]);
      expect(shapeOf(model, "flatten")).toEqual([7 * 7 * 512]);
      model.dispose();
    }
  });

  it("squeezenet lets a last window of pooling reach over the edge", async () => {
    // 36: 17 behind the stem, whose pooling leaves 8; its windows begin at 0, 2, 4 and, over the edge, at 6.
    const model = await build("squeezenet", [36, 32, 1]);
    expect(shapeOf(model, "stem-pool")).toEqual([8, 7, 64]);
    expect(shapeOf(model, "stage1-pool")).toEqual([4, 3, 128]);
    expect(shapeOf(model, "stage2-pool")).toEqual([2, 1, 256]);
  });
});

describe("lenet5", () => {
  it("puts small pictures into the middle of 32×32, and takes larger ones whole", async () => {
    expect(shapeOf(await build("lenet5", [28, 28, 1]), "frame")).toEqual([32, 32, 1]);
    expect(shapeOf(await build("lenet5", [28, 28, 1]), "flatten")).toEqual([400]);
    const wide = await build("lenet5", [27, 64, 1]);
    expect(wide.getLayer("frame").getConfig().padding).toEqual([
      [2, 3],
      [0, 0],
    ]);
    expect(shapeOf(wide, "stage2-pool")).toEqual([5, 13, 16]);
    expect((await build("lenet5", [32, 32, 1])).layers.map(({ name }) => name)).not.toContain("frame");
  });
});

describe("stochastic depth", () => {
  it("rises linearly with depth in convnext-tiny, from 0 at the first of 18 blocks to 0.1 at the last", async () => {
    const model = await build("convnext-tiny", [32, 32, 3]);
    const rates = dropRates(model);
    expect(rates.map(([name]) => name)).not.toContain("stage1-block1-drop");
    expect(rates).toHaveLength(17);
    rates.forEach(([, rate], i) => expect(rate).toBeCloseTo((0.1 * (i + 1)) / 17, 10));
    model.dispose();
  });

  it("is in those of efficientnet-b0's 16 blocks that add their input", async () => {
    const rates = new Map(dropRates(await build("efficientnet-b0", [32, 32, 3], { dropPath: 0.32 })));
    expect(rates.get("stage2-block2-drop")).toBeCloseTo(0.04, 10);
    expect(rates.get("stage6-block4-drop")).toBeCloseTo(0.28, 10);
    // One in stages 2 and 3, two in stages 4 and 5, three in stage 6.
    expect(rates.size).toBe(1 + 1 + 2 + 2 + 3);
  });

  it("can be switched off", async () => {
    expect(dropRates(await build("efficientnet-b0", [8, 8, 1], { dropPath: 0 }))).toEqual([]);
  });
});

describe("residual blocks", () => {
  it("begin as the identity, behind their ReLU, in resnet18", async () => {
    const model = await build("resnet18", [32, 32, 3]);
    const probe = tf.model({
      inputs: model.inputs,
      outputs: ["stem-pool", "stage1-block2-relu"].map(
        (name) => model.getLayer(name).output as tf.SymbolicTensor,
      ),
    });
    const [stem, stage] = probe.predict(tf.randomNormal([1, 32, 32, 3], 0, 1, "float32", 1)) as tf.Tensor[];
    expect(await stage!.data()).toEqual(await stem!.data());
  });

  it("begin as nearly nothing in convnext-atto: each branch is multiplied by 1e-6", async () => {
    const model = await build("convnext-atto", [32, 32, 3]);
    const [factors] = model.getLayer("stage1-block1-scale").getWeights();
    expect(factors!.shape).toEqual([1, 1, 40, 1]);
    (await factors!.data()).forEach((factor) => expect(factor).toBeCloseTo(1e-6, 12));
  });
});
