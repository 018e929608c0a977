/** The networks are the published ones: as many parameters, and as much to compute, as others say. */
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { countFlops } from "./count-flops.js";
import { countParameters } from "./count-parameters.js";
import { createModel } from "./create-model.js";
import { MODEL_NAMES, type ModelName } from "./names.js";
import { MODELS } from "./registry.js";

/** Written by hand from where each was published; those without a source there are worked out. */
const PARAMETERS: Record<ModelName, number> = {
  // 6·(5·5·1 + 1) + 16·(5·5·6 + 1) + 120·(5·5·16 + 1) + 84·121 + 10·85
  lenet5: 61_706,
  // Our own: six convolutions of 32, 64 and 128 filters, 4·4·128 to 128 and 128 to 10.
  "simple-cnn": 551_018,
  // torchvision's table of weights, for ImageNet's 1,000 classes.
  "vgg11-bn": 132_868_840,
  "vgg16-bn": 138_365_992,
  // The paper's 0.27, 0.46 and 0.85 million, and 2,752 for two projections (16·32 + 2·32 + 32·64 + 2·64).
  resnet20: 272_474,
  resnet32: 466_906,
  resnet56: 855_770,
  // torchvision's table of weights.
  resnet18: 11_689_512,
  resnet34: 21_797_672,
  resnet50: 25_557_032,
  // The author's post has 6.6 million.
  resnet9: 6_573_120,
  // The paper has 1.97 million.
  airbench94: 1_971_640,
  // 2·2·3·24 + 24, nine 3×3 convolutions, 3·(128 + 384 + 512) offsets, and 512·10.
  airbench96: 9_915_704,
  // The paper's table 4: 2.7 (Lua) and 36.5 million.
  "wide-resnet-16-4": 2_748_890,
  "wide-resnet-28-10": 36_479_194,
  // The paper's table 2: 0.8 million.
  "densenet-bc-100-12": 769_162,
  // torchvision's table of weights; timm's have as many.
  squeezenet: 1_235_496,
  "mobilenet-v2": 3_504_872,
  "mobilenet-v3-small": 2_542_856,
  "efficientnet-b0": 5_288_548,
  "convnext-tiny": 28_589_128,
  // timm has 3.70 million. ConvNeXt V2's has 3,708,400: it lacks the 1,840 factors of the branches, and its response
  // normalisation has twice four times as many.
  "convnext-atto": 3_708_400 + 1840 - 8 * 1840,
};

/** Billions of multiply-adds for one picture, from the same places. */
const MULTIPLY_ADDS: Partial<Record<ModelName, number>> = {
  "vgg11-bn": 7.61,
  "vgg16-bn": 15.47,
  resnet20: 0.041,
  resnet18: 1.81,
  resnet34: 3.66,
  resnet50: 4.09,
  "wide-resnet-28-10": 5.2,
  squeezenet: 0.35,
  "mobilenet-v2": 0.3,
  "mobilenet-v3-small": 0.057,
  "efficientnet-b0": 0.39,
  "convnext-atto": 0.55,
  "convnext-tiny": 4.46,
};

describe("a network's reference", () => {
  for (const name of MODEL_NAMES) {
    const { inputShape, numClasses, parameters, flops } = MODELS[name].reference;

    it(`has the published figures of ${name}`, () => {
      expect(parameters).toBe(PARAMETERS[name]);
      const published = MULTIPLY_ADDS[name];
      if (published !== undefined) expect(Math.abs(flops / 2e9 / published - 1)).toBeLessThan(0.02);
    });

    // What a network is does not depend on the backend, and drawing a hundred million weights takes seconds.
    it.runIf(tf.getBackend() === "native")(`is what ${name} is when it is built`, async () => {
      const model = await createModel(name, { inputShape, numClasses, rng: Rng.fromSeed(0) });
      expect(countParameters(model).trainable).toBe(parameters);
      expect(countFlops(model)).toBe(flops);
      model.dispose();
    });
  }
});
