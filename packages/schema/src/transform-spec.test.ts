import { describe, expect, it } from "vitest";
import { TransformList, TransformSpec } from "./transform-spec.js";

/** What is wrong with it, and where. */
function problems(spec: unknown): string[] {
  const { error } = TransformSpec.safeParse(spec);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("a transform's spec", () => {
  it.each([
    ["RandAugment", { numOps: 2, magnitude: 9, numMagnitudeBins: 31, interpolation: "nearest", fill: [0] }],
    ["TrivialAugmentWide", { numMagnitudeBins: 31, interpolation: "nearest", fill: [0] }],
    ["AutoAugment", { policy: "imagenet", interpolation: "nearest", fill: [0] }],
    [
      "AugMix",
      {
        severity: 3,
        mixtureWidth: 3,
        chainDepth: -1,
        alpha: 1,
        allOps: true,
        interpolation: "bilinear",
        fill: [0],
      },
    ],
    ["RandomErasing", { p: 0.5, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: 0 }],
    ["RandomPerspective", { distortionScale: 0.5, p: 0.5, interpolation: "bilinear", fill: [0] }],
    ["ColorJitter", { brightness: 0, contrast: 0, saturation: 0, hue: 0 }],
    ["RandomGrayscale", { p: 0.1 }],
  ])("may be the name alone, and then has torchvision's defaults: %s", (name, defaults) => {
    expect(TransformSpec.parse(name)).toEqual({ name, ...defaults });
  });

  it("may be a path to a module", () => {
    expect(TransformSpec.parse("./rain.ts")).toEqual({ module: "./rain.ts", options: {} });
  });

  it.each([
    [
      { name: "RandAugment", magnitude: 31 },
      ["magnitude: Expected a magnitude of less than numMagnitudeBins"],
    ],
    [
      { name: "Resize", size: 8, fit: "crop" },
      ["fit: Expected no fit for one number, which keeps every picture's shape"],
    ],
    [{ name: "GaussianBlur", kernelSize: 4 }, ["kernelSize: Expected an odd number of pixels"]],
    [
      { name: "RandomResizedCrop", size: [8, 8], scale: [1, 0.5] },
      ["scale: Expected [lowest, highest] in this order"],
    ],
  ])("says what is wrong with %j", (spec, expected) => {
    expect(problems(spec)).toEqual(expected);
  });

  it.each([
    { name: "RandomRotation" },
    { name: "RandomRotation", degrees: -5 },
    { name: "ColorJitter", hue: 0.6 },
    { name: "ColorJitter", brightness: -1 },
    { name: "RandomErasing", p: 1.5 },
    { name: "RandomPosterize", bits: 9 },
    { name: "AugMix", severity: 11 },
    { name: "RandomAffine", degrees: 0, scale: [0, 1] },
    { name: "RandomCrop", size: [8, 8], paddingMode: "symmetric" },
    { name: "RandomHorizontalFlip", probability: 0.5 },
    { name: "RandomRotation", degrees: 10, fill: [256] },
    { name: "RandomAffine", degrees: 0, shear: [0, 90, 0, 0] },
    { name: "RandAugment", numOps: 1_000_000_000 },
  ])("refuses %j", (spec) => {
    expect(problems(spec)).not.toEqual([]);
  });
});

it("a list has what is meant for colours before Normalize", () => {
  const normalize = { name: "Normalize", mean: [0.5], std: [0.25] };
  expect(TransformList.safeParse(["RandAugment", normalize, "RandomErasing"]).success).toBe(true);
  const { error } = TransformList.safeParse([
    normalize,
    "RandomHorizontalFlip",
    "RandAugment",
    "RandomInvert",
  ]);
  expect(error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual([
    "2: Expected RandAugment before Normalize. Received: behind it, where values are no colours any more",
    "3: Expected RandomInvert before Normalize. Received: behind it, where values are no colours any more",
  ]);
});
