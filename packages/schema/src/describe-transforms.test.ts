import { expect, it } from "vitest";
import { BatchTransformSpec } from "./batch-transform-spec.js";
import { describeTransforms } from "./describe-transforms.js";
import { TransformSpec } from "./transform-spec.js";

const line = (spec: unknown) => describeTransforms([TransformSpec.parse(spec)])[0];

it("says what is not the default, as torchvision prints it", () => {
  expect(line({ name: "RandomCrop", size: [32, 32], padding: 4, paddingMode: "reflect" })).toBe(
    "RandomCrop(size=[32, 32], padding=4, paddingMode=reflect)",
  );
  expect(line("RandomHorizontalFlip")).toBe("RandomHorizontalFlip()");
  expect(line({ name: "RandAugment", magnitude: 12, fill: [0] })).toBe("RandAugment(magnitude=12)");
  expect(line({ name: "RandAugment", fill: [1, 2, 3] })).toBe("RandAugment(fill=[1, 2, 3])");
  expect(line({ name: "RandomErasing", value: "random" })).toBe("RandomErasing(value=random)");
  expect(line({ name: "Normalize", mean: [0.491400123], std: [0.25] })).toBe(
    "Normalize(mean=[0.4914], std=[0.25])",
  );
});

it("says a module's path and options", () => {
  expect(line("./blur.mjs")).toBe("./blur.mjs()");
  expect(line({ module: "./blur.mjs", options: { radius: 2, edges: { keep: true } } })).toBe(
    './blur.mjs(radius=2, edges={"keep":true})',
  );
});

it("has a line for each, batch transforms too", () => {
  const batch = ["MixUp", { name: "CutMix", alpha: 0.5, untilEpoch: 85 }];
  expect(describeTransforms(batch.map((spec) => BatchTransformSpec.parse(spec)))).toEqual([
    "MixUp()",
    "CutMix(alpha=0.5, untilEpoch=85)",
  ]);
  expect(describeTransforms([])).toEqual([]);
});

it.each(TransformSpec.out.options[0].options.map(({ shape }) => shape.name.value))("knows %s", (name) => {
  const least = {
    RandomCrop: { size: [1, 1] },
    CenterCrop: { size: [1, 1] },
    Resize: { size: 1 },
    RandomResizedCrop: { size: [1, 1] },
    RandomRotation: { degrees: 1 },
    RandomAffine: { degrees: 1 },
    GaussianBlur: { kernelSize: 3 },
    RandomPosterize: { bits: 1 },
    RandomSolarize: { threshold: 1 },
    RandomAdjustSharpness: { sharpnessFactor: 1 },
    Normalize: { mean: [0], std: [1] },
  }[name as string];
  const told = Object.entries(least ?? {}).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  expect(line({ name, ...least })).toBe(`${name}(${told.join(", ").replaceAll(/,(?=\S)/g, ", ")})`);
});
