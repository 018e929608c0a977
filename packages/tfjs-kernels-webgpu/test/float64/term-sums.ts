/**
 * Sums in float64 with the sums of their terms' magnitudes, by which a sum in float32 is judged: its rounding errors grow with
 * what was added up, not with what came out.
 */
import { expect } from "vitest";

export class TermSums {
  readonly values: Float64Array;
  /** Σ|terms| of each. */
  readonly magnitudes: Float64Array;

  constructor(size: number) {
    this.values = new Float64Array(size);
    this.magnitudes = new Float64Array(size);
  }

  add(index: number, term: number): void {
    this.values[index]! += term;
    this.magnitudes[index]! += Math.abs(term);
  }
}

/**
 * Fails unless |received − reference| ≤ tolerance · Σ|terms|, element by element; NaN fails.
 *
 * @param where told with a failure: the case's shape and seed.
 */
export function expectSums(
  received: Float32Array,
  { values, magnitudes }: TermSums,
  { tolerance = 1e-5, where = "" } = {},
): void {
  expect(received.length, `${where}: elements`).toBe(values.length);
  for (const [index, value] of values.entries()) {
    const error = Math.abs(received[index]! - value);
    const allowed = tolerance * magnitudes[index]!;
    if (error <= allowed) continue;
    expect.fail(
      `${where}: element ${index} of ${values.length}. Expected: ${value} ± ${allowed}. Received: ${received[index]}.`,
    );
  }
}
