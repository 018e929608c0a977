/**
 * What a review found of pictures that have any number of labels: `artifacts/label-set-review.json` of the run that it was made by.
 */
import { z } from "zod";
import { DuplicateGroup } from "./dataset-inspection.js";
import { AnyNumber } from "./finite.js";

const DoubtedLabel = z.object({
  label: z.int(),
  /** Whether the data set says so: then it is rather too many, else missing. */
  isThere: z.boolean(),
  /** That it is there, by a network that has not learnt from the picture. */
  probability: AnyNumber,
});

export const ReviewedLabelSet = z.object({
  id: z.string(),
  /** That the picture is in. */
  split: z.string(),
  /** What the data set says. */
  labels: z.array(z.int()),
  /** What confident learning says against it, the surest first; none of a picture that is among the worst all the same. */
  suspects: z.array(DoubtedLabel),
  /** 0…1, the lower the likelier is one of its labels wrong: the moving average of their self-confidence. */
  quality: AnyNumber,
  /** Why it is here, a sentence. */
  why: z.string(),
});
export type ReviewedLabelSet = z.infer<typeof ReviewedLabelSet>;

export const LabelSetReview = z.object({
  formatVersion: z.literal(1),
  runId: z.string(),
  classNames: z.array(z.string()),
  /** Networks that were trained to judge the pictures that the run has learnt from; 0: these were not judged. */
  folds: z.int(),
  /** Pictures that were judged, by the split that they are in. */
  counts: z.record(z.string(), z.int()),
  /** Labels that are probably missing or too many, of all pictures together. */
  suspectCount: z.int(),
  /** Pictures that have any of them. */
  suspectPictureCount: z.int(),
  /** Of each label counts, [data set says][network confidently says], of no and yes. */
  confidentJoints: z.array(z.array(z.array(AnyNumber))),
  /** All that have suspects, and a tenth of the judged pictures at least: the likeliest errors first. */
  pictures: z.array(ReviewedLabelSet),
  /** Pictures that are, exactly or nearly, in several splits or under several sets of labels. */
  copies: z.array(DuplicateGroup),
});
export type LabelSetReview = z.infer<typeof LabelSetReview>;
