/** Policies that choose among many transforms by themselves. torchvision's names, defaults and meaning. */
import { z } from "zod";
import { PositiveInt, warpFields } from "./transform-fields.js";

/** More would only take time. */
const Few = PositiveInt.max(32);
const Bins = z.int().min(2).default(31).describe("Number of different strengths");

export const AUGMENTATION_POLICIES = [
  z
    .strictObject({
      name: z
        .literal("RandAugment")
        .describe("Several of 14 operations, all of one strength (Cubuk et al. 2019)"),
      numOps: Few.default(2).describe("Operations for each picture"),
      magnitude: z.int().min(0).default(9).describe("Strength, less than numMagnitudeBins"),
      numMagnitudeBins: Bins,
      ...warpFields("nearest"),
    })
    .refine(({ magnitude, numMagnitudeBins }) => magnitude < numMagnitudeBins, {
      error: "Expected a magnitude of less than numMagnitudeBins",
      path: ["magnitude"],
    }),
  z.strictObject({
    name: z
      .literal("TrivialAugmentWide")
      .describe("One of 14 operations, of a random strength (Müller and Hutter 2021)"),
    numMagnitudeBins: Bins,
    ...warpFields("nearest"),
  }),
  z.strictObject({
    name: z
      .literal("AutoAugment")
      .describe("One of 25 pairs of operations that a search found (Cubuk et al. 2018)"),
    policy: z
      .enum(["imagenet", "cifar10", "svhn"])
      .default("imagenet")
      .describe("The data set on which they were found"),
    ...warpFields("nearest"),
  }),
  z.strictObject({
    name: z
      .literal("AugMix")
      .describe("Mixes chains of operations with the picture itself (Hendrycks et al. 2020)"),
    severity: z.int().min(1).max(10).default(3).describe("Strength, 1…10"),
    mixtureWidth: Few.default(3).describe("Number of chains"),
    chainDepth: z
      .union([z.literal(-1), Few])
      .default(-1)
      .describe("Operations of a chain; −1: one to three by chance"),
    alpha: z
      .number()
      .positive()
      .default(1)
      .describe("Of the distributions of the weights; less mixes less evenly"),
    allOps: z.boolean().default(true).describe("Brightness, colour, contrast and sharpness too"),
    ...warpFields("bilinear"),
  }),
] as const;
