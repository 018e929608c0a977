import { RunConfig } from "@convkit/schema";
import { RECIPE_NAMES } from "@convkit/schema/recipes";
import { expect, test } from "vitest";
import { chosenRecipe, withRecipe } from "./recipe-choice";

test("a recipe fills the config and leaves the run's own name, seed and data set alone", () => {
  const before = {
    name: "mine",
    seed: 3,
    data: { source: "./photos", contentHash: "abc" },
    epochs: 2,
    ema: { decay: 0.9 },
  };
  const filled = withRecipe(before, "cifar10-airbench94");
  expect(filled).toMatchObject({
    name: "mine",
    seed: 3,
    data: { source: "./photos", contentHash: "abc", validationFraction: 0 },
    model: { name: "airbench94" },
    epochs: 10,
    testTimeAugmentation: "flip-translate",
  });
  expect(filled).not.toHaveProperty("ema");
});

test("without a data set, that which the recipe was made for is taken", () => {
  expect(withRecipe({ data: {} }, "mnist-airbench94")["data"]).toEqual({
    source: "mnist",
    validationFraction: 0,
  });
});

test("every recipe is known again, until something of it is changed, and can be taken back", () => {
  expect(chosenRecipe({ data: { source: "cifar10" } })).toBeNull();
  for (const name of RECIPE_NAMES) {
    const filled = withRecipe({ tags: ["a"], data: { source: "photos", maxBadFraction: 0.5 } }, name);
    expect(RunConfig.safeParse(filled).error, name).toBeUndefined();
    expect(chosenRecipe(filled)).toBe(name);
    expect(chosenRecipe({ ...filled, seed: 5 })).toBe(name);
    expect(chosenRecipe({ ...filled, epochs: 77 })).toBeNull();
    expect(chosenRecipe({ ...filled, accumulate: 2 })).toBeNull();
    expect(withRecipe(filled, null)).toEqual({
      tags: ["a"],
      data: { source: "photos", maxBadFraction: 0.5 },
    });
  }
  expect(withRecipe({ data: { imageSize: [8, 8] } }, "flowers5-airbench94")["data"]).toMatchObject({
    imageSize: [128, 128],
  });
});
