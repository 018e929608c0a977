/** What a review of a data set's labels found: `artifacts/label-review.json` of the run that it was made by. */
import { z } from "zod";
import { DuplicateGroup } from "./dataset-inspection.js";
import { AnyNumber } from "./finite.js";

export const ReviewedLabel = z.object({
  id: z.string(),
  /** That the picture is in. */
  split: z.string(),
  label: z.int(),
  /** The class that it rather is. */
  suggestion: z.int(),
  labelProbability: AnyNumber,
  suggestionProbability: AnyNumber,
  /** 0…1, the lower the likelier is the label wrong: p(label). */
  quality: AnyNumber,
  /** Whether confident learning counts it as mislabelled. */
  isSuspect: z.boolean(),
  /** Why it is here, a sentence. */
  why: z.string(),
});
export type ReviewedLabel = z.infer<typeof ReviewedLabel>;

const Square = z.array(z.array(AnyNumber));

export const LabelReview = z.object({
  formatVersion: z.literal(1),
  runId: z.string(),
  classNames: z.array(z.string()),
  /** Networks that were trained to judge the pictures that the run has learnt from; 0: these were not judged. */
  folds: z.int(),
  /** Pictures that were judged, by the split that they are in. */
  counts: z.record(z.string(), z.int()),
  suspectCount: z.int(),
  /** Counts, [label][class that it confidently is]. */
  confidentJoint: Square,
  /** Estimate of the joint distribution of labels and true classes, [label][class]: sums to 1. */
  joint: Square,
  /** All suspects, and a tenth of the judged pictures at least: the likeliest errors first. */
  labels: z.array(ReviewedLabel),
  /** Pictures that are, exactly or nearly, in several splits or under several labels. */
  copies: z.array(DuplicateGroup),
});
export type LabelReview = z.infer<typeof LabelReview>;
