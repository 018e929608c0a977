/** Transforms of a picture's shape and place. torchvision's names, defaults and meaning. */
import { z } from "zod";
import { PositiveInt, Probability, rangeOf, ResizeFit, Size, warpFields } from "./transform-fields.js";

const Degrees = z.number().min(-360).max(360);
/** At 90 degrees a picture would be without end. */
const Shear = z.number().min(-89).max(89);
const Share = z.number().min(0).max(1);

export const GEOMETRIC_TRANSFORMS = [
  z.strictObject({
    name: z.literal("RandomCrop").describe("Cuts out a part at a random place"),
    size: Size.describe("[height, width] of the part, in pixels"),
    padding: z.int().min(0).default(0).describe("Border added on every side first, in pixels"),
    paddingMode: z
      .enum(["constant", "reflect", "edge"])
      .default("constant")
      .describe("What the border shows: black, the picture mirrored, or its edge repeated"),
  }),
  z.strictObject({
    name: z.literal("RandomHorizontalFlip").describe("Mirrors left and right"),
    p: Probability.default(0.5).describe("Probability of mirroring"),
  }),
  z
    .strictObject({
      name: z.literal("Resize").describe("Scales bilinearly"),
      size: z
        .union([PositiveInt, Size])
        .describe("[height, width] in pixels, or one number: the shorter edge's length"),
      fit: ResizeFit.optional().describe(
        "What becomes of a picture of another shape than [height, width]: stretched (if left out), cropped to its middle, " +
          "or padded with black",
      ),
    })
    .refine(({ size, fit }) => fit === undefined || typeof size !== "number", {
      error: "Expected no fit for one number, which keeps every picture's shape",
      path: ["fit"],
    }),
  z.strictObject({
    name: z.literal("CenterCrop").describe("Cuts out the middle"),
    size: Size.describe("[height, width] of the part, in pixels"),
  }),
  z.strictObject({
    name: z.literal("RandomResizedCrop").describe("Cuts out a part of random size and shape, and scales it"),
    size: Size.describe("[height, width] of the result, in pixels"),
    scale: rangeOf(Share.positive())
      .default([0.08, 1])
      .describe("Part of the picture's area, [lowest, highest]"),
    ratio: rangeOf(z.number().positive())
      .default([3 / 4, 4 / 3])
      .describe("Width by height of the part, [lowest, highest]"),
  }),
  z.strictObject({
    name: z.literal("RandomVerticalFlip").describe("Mirrors top and bottom"),
    p: Probability.default(0.5).describe("Probability of mirroring"),
  }),
  z.strictObject({
    name: z.literal("AlternatingFlip").describe("Mirrors left and right in every other epoch"),
  }),
  z.strictObject({
    name: z.literal("RandomRotation").describe("Turns about the middle; corners are cut off"),
    degrees: z
      .union([Degrees.min(0), rangeOf(Degrees)])
      .describe("Counter-clockwise, [lowest, highest]; a number x stands for [−x, x]"),
    ...warpFields("nearest"),
  }),
  z.strictObject({
    name: z.literal("RandomAffine").describe("Turns, shifts, scales and shears"),
    degrees: z
      .union([Degrees.min(0), rangeOf(Degrees)])
      .describe("Clockwise, [lowest, highest]; a number x stands for [−x, x]"),
    translate: z
      .tuple([Share, Share])
      .optional()
      .describe("Furthest shift [across, down], as parts of width and height"),
    scale: rangeOf(z.number().positive()).optional().describe("[lowest, highest]"),
    shear: z
      .union([Shear.min(0), rangeOf(Shear), z.tuple([Shear, Shear, Shear, Shear])])
      .optional()
      .describe("Degrees along x: x for [−x, x], or [lowest, highest]; with two more, along y too"),
    ...warpFields("nearest"),
  }),
  z.strictObject({
    name: z.literal("RandomPerspective").describe("Shows the picture from another side"),
    distortionScale: Share.default(0.5).describe(
      "How far corners go inwards at most, as a part of half an edge",
    ),
    p: Probability.default(0.5).describe("Probability of distorting"),
    ...warpFields("bilinear"),
  }),
] as const;

/** Behind Normalize, as a rule. */
export const RANDOM_ERASING = z.strictObject({
  name: z.literal("RandomErasing").describe("Loses a rectangle"),
  p: Probability.default(0.5).describe("Probability of erasing"),
  scale: rangeOf(Share).default([0.02, 0.33]).describe("Part of the picture's area, [lowest, highest]"),
  ratio: rangeOf(z.number().positive())
    .default([0.3, 3.3])
    .describe("Height by width of the rectangle, [lowest, highest]"),
  value: z
    .union([z.number(), z.array(z.number()).min(1), z.literal("random")])
    .default(0)
    .describe("What is put there: one number, one per channel, or noise. Behind Normalize 0 is the mean"),
});
