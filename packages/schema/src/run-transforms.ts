/** A run's transforms. */
import { z } from "zod";
import { BatchTransformList } from "./batch-transform-spec.js";
import { TransformList } from "./transform-spec.js";

export const TransformLists = z.strictObject({
  train: TransformList.describe("In this order, on pictures to learn from"),
  batch: BatchTransformList.prefault([]).describe(
    "On batches to learn from, behind train; of several, one is drawn for each batch",
  ),
  evaluation: TransformList.describe("In this order, on pictures to judge or predict"),
});
