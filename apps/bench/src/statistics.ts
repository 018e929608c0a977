/** Median and quartiles: on a machine with other work to do, a mean or a best of several misleads. */

/** Over the rounds of one run. */
export interface Spread {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
  /** How many values it is made of. */
  readonly rounds: number;
}

/**
 * The `fraction`-quantile, linear between the two nearest values: Hyndman and Fan 1996, definition 7,
 * https://doi.org/10.2307/2684934, which is also NumPy's.
 *
 * @param fraction in [0, 1].
 * @throws {RangeError} if there are no values.
 */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError("Expected at least one value. Received: none.");
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.ceil(position)]!;
  return low + (high - low) * (position - below);
}

/** @throws {RangeError} if there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: quantile(values, 0.5),
    lowerQuartile: quantile(values, 0.25),
    upperQuartile: quantile(values, 0.75),
    rounds: values.length,
  };
}

/**
 * Ours over theirs, round by round, so that what slowed a whole round down cancels out.
 *
 * @param theirs may be shorter: a slow peer sits out the later rounds.
 * @throws {RangeError} if there is no round with both.
 */
export function ratioSpread(ours: readonly number[], theirs: readonly number[]): Spread {
  const rounds = Math.min(ours.length, theirs.length);
  return spreadOf(Array.from({ length: rounds }, (_, round) => ours[round]! / theirs[round]!));
}
