import { BatchNormalization } from "@convkit/ops";
import { Rng } from "@convkit/random";
import type { ModelSpec } from "@convkit/schema";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createModel } from "./create-model.js";
import { ModelConfigError, UnknownModelError, UserModuleError } from "./errors.js";
import type { ModelContext } from "./model-builder.js";

const context: ModelContext = { inputShape: [8, 8, 3], numClasses: 4, rng: Rng.fromSeed(1) };
const fixture = (name: string): string => fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url));

describe("createModel", () => {
  it("says which names there are", async () => {
    const build = createModel("resnet21", context);
    await expect(build).rejects.toThrow(UnknownModelError);
    await expect(build).rejects.toThrow(
      "Expected a model of the registry: lenet5, simple-cnn, vgg11-bn, vgg16-bn, resnet20, resnet32, resnet56, " +
        "resnet18, resnet34, resnet50, resnet9, airbench94, airbench96, wide-resnet-16-4, wide-resnet-28-10, " +
        "densenet-bc-100-12, squeezenet, mobilenet-v2, mobilenet-v3-small, efficientnet-b0, convnext-atto, " +
        "convnext-tiny. Received: resnet21.",
    );
  });

  for (const [what, change, message] of [
    [
      "pictures too small",
      { inputShape: [7, 32, 3] },
      "at least 8×8 pixels and 1 or 3 channels for simple-cnn. Received: [7, 32, 3].",
    ],
    ["two channels", { inputShape: [8, 8, 2] }, "Received: [8, 8, 2]."],
    ["half a pixel", { inputShape: [8.5, 8, 3] }, "positive integers. Received: [8.5,8,3]."],
    ["no channels", { inputShape: [8, 8] }, "[height, width, channels], positive integers. Received: [8,8]."],
    ["one class", { numClasses: 1 }, "integer from 2 on. Received: 1."],
  ] as [string, Partial<ModelContext>, string][]) {
    it(`refuses ${what}`, async () => {
      const build = createModel("simple-cnn", { ...context, ...change });
      await expect(build).rejects.toThrow(ModelConfigError);
      await expect(build).rejects.toThrow(message);
    });
  }

  it("fuses batch normalisation with the ReLU behind it", async () => {
    const model = await createModel("simple-cnn", context);
    const norms = model.layers.filter((layer) => layer instanceof BatchNormalization);
    expect(norms.map(({ trainingActivation }) => trainingActivation)).toEqual(["relu", "relu"]);
  });

  describe("with a module of the user's own", () => {
    const module = (name: string, options = {}): ModelSpec => ({ module: fixture(name), options });

    it("builds from plain JavaScript, options and the layers it is handed", async () => {
      const model = await createModel(module("two-branches.mjs", { filters: 5 }), context);
      expect(model.getLayer("join").outputShape).toEqual([null, 8, 8, 10]);
      const double = await createModel(module("two-branches.mjs", { filters: 5 }), context);
      expect(await Promise.all(double.getWeights().map(async (w) => await w.data()))).toEqual(
        await Promise.all(model.getWeights().map(async (w) => await w.data())),
      );
    });

    it("builds from TypeScript that imports its own tfjs", async () => {
      const model = await createModel(fixture("own-tfjs.ts"), context);
      expect(model.layers.map(({ name }) => name)).toEqual(["conv", "flatten", "logits"]);
    });

    for (const [file, message] of [
      ["missing.mjs", "missing.mjs. Received: no such file. The path is taken from the working directory."],
      ["../fixtures", "Received: a folder."],
      ["no-default.mjs", "no-default.mjs. Received exports: build."],
      ["throws.mjs", "throws.mjs to load. Received: broken on purpose"],
      ["not-a-model.mjs", "to return a tf.LayersModel. Received: [object Object]."],
    ] as const) {
      it(`explains what is wrong with ${file}`, async () => {
        const build = createModel(module(file), context);
        await expect(build).rejects.toThrow(UserModuleError);
        await expect(build).rejects.toThrow(message);
      });
    }

    it("refuses a model of another input or number of classes", async () => {
      const spec = module("wrong-classes.mjs");
      await expect(createModel(spec, context)).rejects.toThrow(
        "Expected a model from [[null,8,8,3]] to [[null,4]]. Received: one from [[null,8,8,3]] to [[null,7]].",
      );
    });
  });
});
