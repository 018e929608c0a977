import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { countParameters } from "./count-parameters.js";
import { createModel } from "./create-model.js";

it("resnet9 has the original's 6,573,120 parameters and its 4×4 feature map before the last pooling", async () => {
  const model = await createModel("resnet9", {
    inputShape: [32, 32, 3],
    numClasses: 10,
    rng: Rng.fromSeed(0),
  });
  expect(countParameters(model).trainable).toBe(6_573_120);
  expect(model.getLayer("layer3-add").outputShape).toEqual([null, 4, 4, 512]);
});
