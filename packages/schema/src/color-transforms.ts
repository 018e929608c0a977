/** Transforms of a picture's colours and tones. torchvision's names, defaults and meaning. */
import { z } from "zod";
import { PositiveInt, Probability, rangeOf } from "./transform-fields.js";

const Factor = z.number().min(0);
const Hue = z.number().min(-0.5).max(0.5);
const OddInt = PositiveInt.refine((size) => size % 2 === 1, { error: "Expected an odd number of pixels" });
const Sigma = z.number().positive();

const change = (what: string) =>
  z
    .union([Factor, rangeOf(Factor)])
    .default(0)
    .describe(`${what}: factor, [lowest, highest]; a number x stands for [1 − x, 1 + x]`);

export const COLOR_TRANSFORMS = [
  z.strictObject({
    name: z
      .literal("ColorJitter")
      .describe("Changes brightness, contrast, saturation and hue, in random order"),
    brightness: change("Brightness"),
    contrast: change("Contrast"),
    saturation: change("Saturation"),
    hue: z
      .union([Hue.min(0), rangeOf(Hue)])
      .default(0)
      .describe("Hue: part of a whole turn, [lowest, highest]; a number x stands for [−x, x]"),
  }),
  z.strictObject({
    name: z.literal("RandomGrayscale").describe("Takes the colours out"),
    p: Probability.default(0.1).describe("Probability of doing so"),
  }),
  z.strictObject({
    name: z.literal("GaussianBlur").describe("Blurs by a random strength"),
    kernelSize: z
      .union([OddInt, z.tuple([OddInt, OddInt])])
      .describe("Odd number of pixels that count, or [height, width] (torchvision has width first)"),
    sigma: z
      .union([Sigma, rangeOf(Sigma)])
      .default([0.1, 2])
      .describe("Standard deviation in pixels, or [lowest, highest]"),
  }),
  z.strictObject({
    name: z.literal("RandomPosterize").describe("Keeps the highest bits of each value"),
    bits: z.int().min(0).max(8).describe("How many are kept"),
    p: Probability.default(0.5).describe("Probability of doing so"),
  }),
  z.strictObject({
    name: z.literal("RandomSolarize").describe("Inverts what is bright"),
    threshold: z.number().min(0).max(1).describe("From which part of white up"),
    p: Probability.default(0.5).describe("Probability of doing so"),
  }),
  z.strictObject({
    name: z.literal("RandomEqualize").describe("Makes all values about as frequent, channel by channel"),
    p: Probability.default(0.5).describe("Probability of doing so"),
  }),
  z.strictObject({
    name: z.literal("RandomAutocontrast").describe("Stretches each channel from black to white"),
    p: Probability.default(0.5).describe("Probability of doing so"),
  }),
  z.strictObject({
    name: z.literal("RandomAdjustSharpness").describe("Sharpens, or smooths"),
    sharpnessFactor: Factor.describe("0 smooths, 1 changes nothing, 2 sharpens"),
    p: Probability.default(0.5).describe("Probability of doing so"),
  }),
  z.strictObject({
    name: z.literal("RandomInvert").describe("Makes a negative of it"),
    p: Probability.default(0.5).describe("Probability of doing so"),
  }),
] as const;
