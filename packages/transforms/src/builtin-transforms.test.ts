import { Rng } from "@convkit/random";
import { TransformSpec } from "@convkit/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTransformPipeline } from "./transform-pipeline.js";

/** Every name, with what it cannot do without; the rest is as the schema has it. */
const SPECS = [
  { name: "RandomCrop", size: [6, 6], padding: 2, paddingMode: "edge" },
  { name: "CenterCrop", size: [3, 4] },
  { name: "Resize", size: 9 },
  { name: "RandomResizedCrop", size: [5, 6] },
  "RandomHorizontalFlip",
  "RandomVerticalFlip",
  "AlternatingFlip",
  { name: "RandomRotation", degrees: 180 },
  { name: "RandomAffine", degrees: 30, translate: [0.2, 0.3], scale: [0.5, 2], shear: [-10, 10, -5, 5] },
  { name: "RandomPerspective", p: 1 },
  { name: "ColorJitter", brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.5 },
  { name: "RandomGrayscale", p: 0.5 },
  { name: "GaussianBlur", kernelSize: 5 },
  { name: "RandomPosterize", bits: 2 },
  { name: "RandomSolarize", threshold: 0.4 },
  "RandomEqualize",
  "RandomAutocontrast",
  { name: "RandomAdjustSharpness", sharpnessFactor: 2 },
  "RandomInvert",
  "RandAugment",
  "TrivialAugmentWide",
  { name: "AutoAugment", policy: "cifar10" },
  "AugMix",
  { name: "RandomErasing", value: "random" },
].map((spec) => TransformSpec.parse(spec));

const NEEDS_ROOM = new Set(["RandomCrop", "CenterCrop", "GaussianBlur"]);

const nameOf = (spec: TransformSpec) => ("name" in spec ? spec.name : spec.module);

describe.each(SPECS.map((spec) => [nameOf(spec), spec] as const))("%s", (_, spec) => {
  const pipeline = createTransformPipeline([spec]);
  const pictures = fc.record({
    // Crops and kernels need six.
    height: fc.integer({ min: NEEDS_ROOM.has(nameOf(spec)) ? 6 : 1, max: 12 }),
    width: fc.integer({ min: NEEDS_ROOM.has(nameOf(spec)) ? 6 : 1, max: 12 }),
    channels: fc.constantFrom(1, 3),
    seed: fc.nat(),
  });

  it("keeps to 0…1 and to the shape that it announces, leaves its input, and depends on the Rngs alone", () => {
    fc.assert(
      fc.property(pictures, ({ height, width, channels, seed }) => {
        const shape = { count: 3, height, width, channels };
        const noise = Rng.fromSeed(seed);
        const images = Uint8Array.from({ length: 3 * height * width * channels }, () => noise.int(256));
        const before = images.slice();
        const rngs = () => [0, 1, 2].map((i) => Rng.fromSeed(seed).split(i));
        const once = pipeline.apply(images, shape, rngs());
        expect(once.shape).toEqual(pipeline.outputShape(shape));
        expect(once.images).toHaveLength(
          once.shape.count * once.shape.height * once.shape.width * once.shape.channels,
        );
        expect(once.images.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(images).toEqual(before);
        expect(pipeline.apply(images, shape, rngs()).images).toEqual(once.images);
        // A picture alone is as it is in company.
        const alone = pipeline.apply(images.subarray(0, images.length / 3), { ...shape, count: 1 }, [
          rngs()[0]!,
        ]);
        expect(alone.images).toEqual(once.images.subarray(0, once.images.length / 3));
      }),
      { numRuns: 30 },
    );
  });
});

it("a chain of all of them runs, Normalize behind it", () => {
  const chain = [
    ...SPECS.filter((spec) => nameOf(spec) !== "CenterCrop"),
    { name: "Normalize" as const, mean: [0.5], std: [0.5] },
  ];
  const pipeline = createTransformPipeline(chain);
  const shape = { count: 2, height: 12, width: 12, channels: 3 };
  const rngs = [0, 1].map((i) => Rng.fromSeed(5).split(i));
  const { images } = pipeline.apply(new Uint8Array(2 * 12 * 12 * 3).fill(90), shape, rngs);
  expect(images.every((value) => value >= -1 && value <= 1)).toBe(true);
});
