/** What is left of a network's accuracy when its pictures get worse: `robustness.json` of a run's artifacts. Accuracies are fractions. */
import { z } from "zod";
import { AnyNumber } from "./finite.js";

/** What can be measured, and left out. */
export const RobustnessPart = z.enum(["corruptions", "rotation", "scale", "adversarial"]);
export type RobustnessPart = z.infer<typeof RobustnessPart>;

const CorruptionAccuracies = z.object({
  /** As in CIFAR-10-C: `gaussian_noise`. */
  name: z.string(),
  /** At severities 1 to 5. */
  accuracies: z.array(AnyNumber).length(5),
});
export type CorruptionAccuracies = z.infer<typeof CorruptionAccuracies>;

const CorruptionErrorsOverBaseline = z.object({
  name: z.string(),
  /** Σ over severities of the errors, over that of the baseline's. */
  error: AnyNumber,
  /** The same of what errors there are more than on the pictures as they are. */
  relativeError: AnyNumber,
});

const AttackCurve = z.object({
  attack: z.enum(["fgsm", "pgd"]),
  /** Of gradient descent; 1 of `fgsm`. */
  steps: z.int(),
  /** epsilon: the furthest that a value of 0…255 is moved; 0 comes first. */
  points: z.array(z.object({ epsilon: AnyNumber, accuracy: AnyNumber })),
});
export type AttackCurve = z.infer<typeof AttackCurve>;

export const RobustnessReport = z.object({
  formatVersion: z.literal(1),
  split: z.string(),
  /** Pictures judged, a sample of the split. */
  count: z.int(),
  /** Of the sample, and of all that is drawn for its pictures. */
  seed: z.int(),
  /** Of the data set, as in a run's config. */
  contentHash: z.string().optional(),
  /** SHA-256 of the judged pictures' ids and labels, hexadecimal. */
  sampleHash: z.string().optional(),
  /** Of the same pictures as they are. */
  accuracy: AnyNumber,
  /** Left out, as what follows, where it was not asked for. */
  corruptions: z
    .object({
      /** Whose parameters: CIFAR-10-C's or ImageNet-C's. */
      scale: z.enum(["cifar", "imagenet"]),
      byName: z.array(CorruptionAccuracies),
      /** Mean over corruptions and severities; of a `baseline`, each corruption's errors over the baseline's. */
      meanCorruptionError: AnyNumber,
      /** The same of what errors there are more than on the pictures as they are. */
      relativeMeanCorruptionError: AnyNumber,
      /** The run whose errors are 1, if any. */
      baseline: z.string().optional(),
      /** Of a `baseline`: what each corruption's errors are over its, NaN where it makes none. */
      overBaseline: z.array(CorruptionErrorsOverBaseline).optional(),
    })
    .optional(),
  /** Turned clockwise about the middle, black beyond the edges. */
  rotation: z.array(z.object({ degrees: AnyNumber, accuracy: AnyNumber })).optional(),
  /** Enlarged about the middle by a factor, black beyond the edges. */
  scale: z.array(z.object({ factor: AnyNumber, accuracy: AnyNumber })).optional(),
  adversarial: z.array(AttackCurve).optional(),
});
export type RobustnessReport = z.infer<typeof RobustnessReport>;
