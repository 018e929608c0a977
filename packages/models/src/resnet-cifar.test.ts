import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { countFlops } from "./count-flops.js";
import { countParameters } from "./count-parameters.js";
import { createModel } from "./create-model.js";

it("resnet20 has 272,474 trainable parameters for CIFAR-10, and the paper's cost", async () => {
  const model = await createModel("resnet20", {
    inputShape: [32, 32, 3],
    numClasses: 10,
    rng: Rng.fromSeed(0),
  });
  expect(countParameters(model).trainable).toBe(272_474);
  // 20 layers with weights on the main path, and two projections.
  expect(model.layers.filter((layer) => /Conv2D|Dense/.test(layer.getClassName()))).toHaveLength(20 + 2);
  // Table 6's networks: 41 M multiply-adds for 20 layers.
  expect(countFlops(model) / 2e6).toBeCloseTo(41, 0);
});
