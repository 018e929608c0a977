/** What is done to a whole batch, labels too. torchvision's names, defaults and meaning; `p` and `untilEpoch` are ours. */
import { z } from "zod";
import { named } from "./short-forms.js";
import { PositiveInt, Probability } from "./transform-fields.js";

const mixFields = {
  alpha: z
    .number()
    .positive()
    .default(1)
    .describe("Of the share's distribution Beta(alpha, alpha); 1: any share alike, less: mostly one picture"),
  p: Probability.default(1).describe("Probability of doing so, batch by batch"),
  untilEpoch: PositiveInt.optional().describe(
    "Last epoch, from 1, in which it is done; left out: to the end",
  ),
};

/** A string is a name. */
export const BatchTransformSpec = named(
  z.discriminatedUnion("name", [
    z.strictObject({
      name: z
        .literal("MixUp")
        .describe("Mixes each picture, and its label, with the one before it (Zhang et al. 2018)"),
      ...mixFields,
    }),
    z.strictObject({
      name: z
        .literal("CutMix")
        .describe(
          "Pastes a rectangle of the picture before, and its area's share of the label (Yun et al. 2019)",
        ),
      ...mixFields,
    }),
  ]),
);
export type BatchTransformSpec = z.infer<typeof BatchTransformSpec>;

/** Of several, one is drawn for each batch, as torchvision's references do by `RandomChoice`. */
export const BatchTransformList = z.array(BatchTransformSpec);
