import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { countFlops } from "./count-flops.js";
import { createModel } from "./create-model.js";
import type { InputShape } from "./model-builder.js";

const build = (inputShape: InputShape, options = {}) =>
  createModel({ name: "simple-cnn", options }, { inputShape, numClasses: 10, rng: Rng.fromSeed(0) });

describe("simple-cnn", () => {
  it("stays below 80 MFLOP for a CIFAR picture", async () => {
    expect(countFlops(await build([32, 32, 3]))).toBeLessThan(80e6);
  });

  it("adds stages with the picture's size, until 4 pixels are left", async () => {
    const stages = async (inputShape: InputShape): Promise<unknown[]> => {
      const { layers } = await build(inputShape);
      return layers
        .filter(({ name }) => name.endsWith("-pool"))
        .map(({ outputShape }) => outputShape.slice(1));
    };
    expect(await stages([8, 8, 1])).toEqual([[4, 4, 32]]);
    expect(await stages([28, 28, 1])).toEqual([
      [14, 14, 32],
      [7, 7, 64],
      [3, 3, 128],
    ]);
    expect(await stages([32, 64, 3])).toEqual([
      [16, 32, 32],
      [8, 16, 64],
      [4, 8, 128],
    ]);
    expect((await stages([128, 128, 3])).at(-1)).toEqual([4, 4, 256]);
  });

  it("takes filters, units, dropout and whether to normalise", async () => {
    const model = await build([16, 16, 1], { filters: [3], dense: 5, dropout: 0, batchNorm: false });
    expect(model.layers.map(({ name }) => name)).toEqual([
      "input",
      "stage1-1-conv",
      "stage1-2-conv",
      "stage1-pool",
      "flatten",
      "hidden",
      "logits",
    ]);
    expect(model.getLayer("hidden").outputShape).toEqual([null, 5]);
  });

  it("says which option is wrong and which there are", async () => {
    await expect(build([16, 16, 1], { filter: [3] })).rejects.toThrow(
      'Expected options of simple-cnn (filters, dense, dropout, batchNorm). Received: {"filter":[3]}.',
    );
    await expect(build([16, 16, 1], { dropout: 1 })).rejects.toThrow("dropout: ");
  });
});
