import { describe, expect, it } from "vitest";
import { RECIPES } from "./recipes.js";
import { RunConfig } from "./run-config.js";

describe("RECIPES", () => {
  it.each(Object.entries(RECIPES))("%s is a whole config as it stands", (_, { config }) => {
    const parsed = RunConfig.parse(config);
    expect(parsed.data.validationFraction).toBe(0);
    expect(parsed.model).toHaveProperty("name");
  });

  it("gives airbench94 the rates of its program, brought to the mean loss of 512 pictures", () => {
    const { optimizer, learningRate } = RunConfig.parse(RECIPES["cifar10-airbench94"].config);
    // legacy/airbench94.py: lr = 11.5 / (1024 · (1 + 1 / (1 − 0.85))) of the summed loss.
    const summed = 11.5 / (1024 * (1 + 1 / 0.15));
    expect(learningRate / (summed * 512)).toBeCloseTo(1, 2);
    // weight_decay = 0.0153 per 1,024 pictures, divided by the rate, again of the summed loss: per mean, by the batch.
    expect(optimizer.weightDecay).toBeCloseTo(0.0153 / 11.5, 12);
  });
});
