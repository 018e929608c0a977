/** What is done to gradients before an update and to weights after it, whatever the optimizer. */
import { z } from "zod";

/** Averaged weights, which are validated, judged and kept in place of the trained ones. */
export const EmaSpec = z.strictObject({
  decay: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.999)
    .describe("Share of the average that each step keeps; 0.999 averages over some thousand steps"),
  warmup: z
    .boolean()
    .default(true)
    .describe("Whether the first steps keep less, so that first weights are forgotten"),
});
export type EmaSpec = z.infer<typeof EmaSpec>;

export const LookaheadSpec = z.strictObject({
  everySteps: z.int().positive().default(5).describe("Steps between two moves of the slow weights"),
  slowShare: z.number().gt(0).lt(1).default(0.5).describe("Share of the slow weights that such a move keeps"),
  power: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "How slowShare grows: times the part of the run that is done to this power; 0: it is there from the start",
    ),
});
export type LookaheadSpec = z.infer<typeof LookaheadSpec>;

const ClippingLimit = z.number().positive();

/** Keras's clipvalue, clipnorm and global_clipnorm. */
export const GradientClippingSpec = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("value").describe("Each number of a gradient by itself"),
    limit: ClippingLimit.describe("Largest absolute value"),
  }),
  z.strictObject({
    name: z.literal("norm").describe("The gradient of each weight"),
    limit: ClippingLimit.describe("Largest Euclidean norm"),
  }),
  z.strictObject({
    name: z.literal("global-norm").describe("All gradients by one factor"),
    limit: ClippingLimit.describe("Largest Euclidean norm of all together"),
  }),
]);
export type GradientClippingSpec = z.infer<typeof GradientClippingSpec>;
