/** What the bins of a calibration say of all pictures above a degree of sureness. */
import type { Calibration } from "@convkit/schema";

export interface ConfidenceLevel {
  /** Pictures whose confidence is greater than this. */
  readonly above: number;
  readonly count: number;
  /** Of these, the fraction named rightly; NaN of none. */
  readonly accuracy: number;
}

/** One for each bin of equal width, from its lower end on, upwards; the first is of all pictures. */
export function confidenceLevels({ bins }: Calibration): ConfidenceLevel[] {
  return bins.map(({ lower }) => {
    const upper = bins.filter((bin) => bin.lower >= lower - 1e-9);
    const count = sum(upper.map((bin) => bin.count));
    return { above: lower, count, accuracy: sum(upper.map(hitsOf)) / count };
  });
}

/** Mean confidence and accuracy of all pictures; NaN of none. */
export function meanConfidence({ bins }: Calibration): { confidence: number; accuracy: number } {
  const count = sum(bins.map((bin) => bin.count));
  const confidence = sum(bins.map((bin) => (bin.count === 0 ? 0 : bin.count * bin.confidence))) / count;
  return { confidence, accuracy: sum(bins.map(hitsOf)) / count };
}

function hitsOf({ count, accuracy }: Calibration["bins"][number]): number {
  return count === 0 ? 0 : count * accuracy;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
