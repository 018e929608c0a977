/** On which pictures a judged network fails: its judgement cut by the manifest's columns and by what pictures look like. */
import { pictureAttributes, type DatasetSplit } from "@convkit/data";
import { sliceReport } from "@convkit/evaluator";
import type { EvaluationReport, Predictions } from "@convkit/schema";

/**
 * Reads pixels of 2,000 of the pictures at most, so that judging a large split takes seconds longer and not minutes.
 * @returns none of label sets, which need one class a picture.
 * @throws the signal's reason, once it is aborted.
 */
export async function slicesOf(
  predictions: Predictions,
  split: DatasetSplit,
  signal: AbortSignal | undefined,
): Promise<Pick<EvaluationReport, "slices">> {
  if (predictions.labelSets) return {};
  return { slices: sliceReport(predictions, await pictureAttributes(split, { signal })) };
}
