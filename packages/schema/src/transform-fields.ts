/** Fields that several transforms have. */
import { z } from "zod";

export const PositiveInt = z.int().positive();
/** [height, width] in pixels. */
export const Size = z.tuple([PositiveInt, PositiveInt]);

/** How a picture of another shape is brought to a size. */
export const ResizeFit = z.enum(["stretch", "crop", "pad"]);
export type ResizeFit = z.infer<typeof ResizeFit>;

export const Probability = z.number().min(0).max(1);

/** Of numbers that `number` allows. */
export const rangeOf = (number: z.ZodNumber) =>
  z.tuple([number, number]).refine(([low, high]) => low <= high, {
    error: "Expected [lowest, highest] in this order",
  });

/** Of transforms that draw a picture anew from other places of itself. */
export const warpFields = (interpolation: "nearest" | "bilinear") => ({
  interpolation: z
    .enum(["nearest", "bilinear"])
    .default(interpolation)
    .describe("What a place between pixels shows: the nearest, or a mixture of four"),
  fill: z
    .array(z.number().min(0).max(255))
    .min(1)
    .default([0])
    .describe("What is seen beyond the edge: one number or one per channel, 0…255"),
});
