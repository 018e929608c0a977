import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { pytorchNetwork } from "./fixtures/tiny-networks.js";
import { gradCam } from "./grad-cam.js";
import { randomiseWeights } from "./randomise-weights.js";
import { rankCorrelation } from "./rank-correlation.js";
import { sanityCheck } from "./sanity-check.js";

const weightsOf = async (model: tf.LayersModel) =>
  await Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);

describe("randomiseWeights", () => {
  it("leaves each weight its values, in other places, and puts them back", async () => {
    const { model } = pytorchNetwork();
    const learned = await weightsOf(model);
    const before = tf.memory().numTensors;
    const restore = await randomiseWeights(model.layers, Rng.fromSeed(1));
    const random = await weightsOf(model);
    expect(random).not.toEqual(learned);
    expect(random.map(sorted)).toEqual(learned.map(sorted));
    restore();
    expect(await weightsOf(model)).toEqual(learned);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("sanityCheck", () => {
  it("goes from the head down, with what the trained network says, and gives the weights back", async () => {
    const { model, inputs } = pytorchNetwork();
    const learned = await weightsOf(model);
    const asked: unknown[] = [];
    const explain: typeof gradCam = (network, pictures, options) => {
      asked.push(options?.classes);
      return gradCam(network, pictures, options);
    };
    await gradCam(model, inputs);
    const before = tf.memory().numTensors;
    const stages = await sanityCheck(model, inputs, { explain, rng: Rng.fromSeed(2) });
    expect(stages.map(({ stage }) => stage)).toEqual(["head", "hidden", "conv2", "conv1"]);
    expect(stages.every(({ rankCorrelation: rho }) => Math.abs(rho) < 0.9)).toBe(true);
    expect(asked.slice(1)).toEqual(Array(4).fill([0, 0, 0, 2]));
    expect(await weightsOf(model)).toEqual(learned);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("gives the weights back where it is stopped", async () => {
    const { model, inputs } = pytorchNetwork();
    const learned = await weightsOf(model);
    const onStage = (stage: string): void => {
      if (stage === "conv2") throw new Error("Stopped.");
    };
    await expect(
      sanityCheck(model, inputs, { explain: gradCam, rng: Rng.fromSeed(2), onStage }),
    ).rejects.toThrow("Stopped.");
    expect(await weightsOf(model)).toEqual(learned);
  });
});

describe("rankCorrelation", () => {
  it("asks for the order alone, and shares ranks among equals", () => {
    expect(rankCorrelation([1, 2, 3], [10, 100, 1000])).toBe(1);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBe(-1);
    // scipy.stats.spearmanr([1, 2, 2, 4], [3, 1, 2, 4]).statistic
    expect(rankCorrelation([1, 2, 2, 4], [3, 1, 2, 4])).toBeCloseTo(0.31622776601683794, 12);
    expect(rankCorrelation([1, 2, 3], [5, 5, 5])).toBe(0);
  });
});
