/** A run's transforms: written out, or by the name of a preset. */
import { z } from "zod";
import { BatchTransformList } from "./batch-transform-spec.js";
import { TransformList } from "./transform-spec.js";

/** From the least to the most augmentation. `presetTransforms` of @convkit/transforms says what each stands for. */
export const TransformPreset = z.enum(["none", "light", "standard", "strong"]);
export type TransformPreset = z.infer<typeof TransformPreset>;

const TransformLists = z.strictObject({
  train: TransformList.describe("In this order, on pictures to learn from"),
  batch: BatchTransformList.prefault([]).describe(
    "On batches to learn from, behind train; of several, one is drawn for each batch",
  ),
  evaluation: TransformList.describe("In this order, on pictures to judge or predict"),
});
export type TransformLists = z.infer<typeof TransformLists>;

const Either = z.union([TransformPreset, TransformLists]);

/** A text is a preset's name. What is wrong in lists is told at its own place, which a union alone would not do. */
export const RunTransforms = z.preprocess((value: z.input<typeof Either>, context) => {
  const { error } = (typeof value === "string" ? TransformPreset : TransformLists).safeParse(value);
  if (error === undefined) return value;
  for (const issue of error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
}, Either);
