/** What training makes small. */
import { z } from "zod";
import { named } from "./short-forms.js";

/** Cui et al. 2019, https://arxiv.org/abs/1901.05555, who try β = 0.9, 0.99, 0.999 and 0.9999. */
const EffectiveNumber = z.strictObject({
  name: z.literal("effective-number").describe("The method, with a beta of its own"),
  beta: z
    .number()
    .min(0)
    .lt(1)
    .default(0.999)
    .describe(
      "From 0, all classes alike, to just below 1, nearly balanced. Classes of more than 5 / (1 − beta) pictures count " +
        "nearly alike: 0.9999 for classes of thousands",
    ),
});

const LabelSmoothing = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe("Share of the target spread evenly over all classes");
const ClassWeights = z
  .union([z.enum(["balanced", "effective-number"]), EffectiveNumber, z.array(z.number().min(0))])
  .nullable()
  .default(null)
  .describe(
    "How much pictures of each class count: found by a method from how many there are, or a number for each; " +
      "null: all alike",
  );

/** A string is a name. */
export const LossSpec = named(
  z.discriminatedUnion("name", [
    z.strictObject({
      name: z.literal("cross-entropy").describe("Of the label's probability, in nats"),
      labelSmoothing: LabelSmoothing,
      classWeights: ClassWeights,
    }),
    z.strictObject({
      name: z
        .literal("focal")
        .describe("Cross-entropy that counts pictures less the surer they are classified"),
      gamma: z.number().min(0).default(2).describe("How much less; 0: cross-entropy"),
      classWeights: ClassWeights,
    }),
    z.strictObject({
      name: z
        .literal("binary-cross-entropy")
        .describe(
          "Of each class by itself, whether a picture is of it; the loss of label sets (data.multiLabel)",
        ),
      labelSmoothing: LabelSmoothing.describe(
        "Share of the target spread evenly over all classes; of label sets, of each label's over yes and no",
      ),
      classWeights: ClassWeights.describe(
        "How much pictures of each class count; of label sets, how much those with the label count beside those without: " +
          "balanced: as often as there are more of these, or a number for each; null: all alike",
      ),
    }),
  ]),
);
export type LossSpec = z.infer<typeof LossSpec>;
