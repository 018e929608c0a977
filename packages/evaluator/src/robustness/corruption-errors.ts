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
  /** Means of the above. */
  readonly meanCorruptionError: number;
  readonly relativeMeanCorruptionError: number;
}

/**
 * With E(s, c) the error at severity s of corruption c, and E that on the pictures as they are:
 *   error(c) = Σₛ E(s, c) / Σₛ Eᵇ(s, c),  relativeError(c) = Σₛ (E(s, c) − E) / Σₛ (Eᵇ(s, c) − Eᵇ),
 * where ᵇ is the baseline's, AlexNet's in the paper. Without a baseline the sums are divided by the number of severities: mean
 * errors, as they are told of CIFAR-10-C. NaN of no corruptions, and where the baseline makes no errors.
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
      error: own / sum(of.accuracies, 1),
      relativeError: ownRelative / sum(of.accuracies, baseline.accuracy),
    };
  });
  const meanOf = (values: readonly number[]) =>
    values.reduce((total, value) => total + value, 0) / values.length;
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
