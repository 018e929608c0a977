/**
 * How much a network errs on corrupted pictures, in one number: mean corruption error and relative mean corruption error.
 * Hendrycks & Dietterich 2019, § 4.2, https://arxiv.org/abs/1903.12261
 */
import type { CorruptionAccuracies } from "@convkit/schema";

export interface CorruptionResults {
  /** Of the same pictures as they are, a fraction. */
  readonly accuracy: number;
  readonly byName: readonly CorruptionAccuracies[];
}

export interface CorruptionErrors {
  readonly byName: readonly {
    readonly name: string;
    readonly error: number;
    readonly relativeError: number;
  }[];
  /** Means of the above, without those that are NaN. */
  readonly meanCorruptionError: number;
  readonly relativeMeanCorruptionError: number;
}

/**
 * With E(s, c) the error at severity s of corruption c, and E that on the pictures as they are:
 *   error(c) = Σₛ E(s, c) / Σₛ Eᵇ(s, c),  relativeError(c) = Σₛ (E(s, c) − E) / Σₛ (Eᵇ(s, c) − Eᵇ),
 * where ᵇ is the baseline's, AlexNet's in the paper. Without a baseline the sums are divided by the number of severities: mean
 * errors, as they are told of CIFAR-10-C. Where the baseline's sum is not above 0 (it makes no errors under c, or none more than on
 * the pictures as they are), there is nothing to divide by: NaN, which the means leave out. NaN of no corruptions, too.
 *
 * @throws {RangeError} if the baseline lacks a corruption, or has other severities of it.
 */
export function corruptionErrors(
  { accuracy, byName }: CorruptionResults,
  baseline?: CorruptionResults,
): CorruptionErrors {
  const errors = byName.map(({ name, accuracies }) => {
    const count = accuracies.length;
    const of = baseline?.byName.find((one) => one.name === name);
    if (baseline && of?.accuracies.length !== count) {
      throw new RangeError(
        `Expected a baseline with ${count} severities of ${name}. Received: ${of?.accuracies.length ?? "none"}.`,
      );
    }
    const [own, ownRelative] = [sum(accuracies, 1), sum(accuracies, accuracy)];
    if (!baseline || !of) return { name, error: own / count, relativeError: ownRelative / count };
    return {
      name,
      error: over(own, sum(of.accuracies, 1)),
      relativeError: over(ownRelative, sum(of.accuracies, baseline.accuracy)),
    };
  });
  return {
    byName: errors,
    meanCorruptionError: meanOf(errors.map(({ error }) => error)),
    relativeMeanCorruptionError: meanOf(errors.map(({ relativeError }) => relativeError)),
  };
}

/** Σ (from − accuracy). */
function sum(accuracies: readonly number[], from: number): number {
  return accuracies.reduce((total, accuracy) => total + from - accuracy, 0);
}

/** Below any share of a picture, above what is left of sums that are 0. */
const NOTHING = 1e-9;

function over(own: number, baseline: number): number {
  return baseline > NOTHING ? own / baseline : Number.NaN;
}

function meanOf(values: readonly number[]): number {
  const told = values.filter((value) => !Number.isNaN(value));
  return told.reduce((total, value) => total + value, 0) / told.length;
}
