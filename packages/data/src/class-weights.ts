/**
 * Weights of classes in a loss, for data that has more pictures of some than of others.
 *
 * By the effective number of samples: Cui et al. 2019, § 3.2 and § 4, https://arxiv.org/abs/1901.05555. With n pictures
 * of a class, E = (1 − βⁿ) / (1 − β) (eq. 2) and the weight is 1/E, made to sum to the number of classes (eq. 4 and the
 * text below it). `balanced` is its limit for β → 1, 1/n, which scikit-learn's `class_weight="balanced"` also is but
 * for the scale; the loss divides by the sum of weights, so the scale changes nothing.
 */
import type { RunConfig } from "@convkit/schema";

export interface ClassWeightsOptions {
  readonly method: Extract<RunConfig["loss"]["classWeights"], string>;
  /** Of `effective-number`: from 0, all alike, to just below 1, nearly `balanced`. 0.999 if left out. */
  readonly beta?: number;
}

/**
 * @param perClass pictures of each class.
 * @returns a weight per class; they sum to the number of classes. One without pictures weighs 0.
 * @throws {RangeError} if `beta` is not in [0, 1).
 */
export function classWeights(
  perClass: readonly number[],
  { method, beta = 0.999 }: ClassWeightsOptions,
): number[] {
  if (!(beta >= 0 && beta < 1)) {
    throw new RangeError(`Expected \`beta\` from 0 to below 1. Received: ${beta}.`);
  }
  const weightOf = (count: number) => (method === "balanced" ? 1 / count : (1 - beta) / (1 - beta ** count));
  const weights = perClass.map((count) => (count === 0 ? 0 : weightOf(count)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum === 0 ? weights : weights.map((weight) => (weight * perClass.length) / sum);
}

/**
 * How much pictures with a label count beside those without, in binary cross-entropy over label sets: as often as there are
 * more of these, as PyTorch advises for the `pos_weight` of `BCEWithLogitsLoss`,
 * https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 *
 * @param perLabel pictures with each label.
 * @param count pictures in all.
 * @returns a weight per label, without a common scale; 1 of a label that no picture has, or each.
 */
export function positiveWeights(perLabel: readonly number[], count: number): number[] {
  return perLabel.map((having) => (having === 0 || having === count ? 1 : (count - having) / having));
}
