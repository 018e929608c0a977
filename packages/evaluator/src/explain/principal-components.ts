/**
 * Principal components: the directions in which rows differ most. By power iteration on the rows themselves, so that no D × D
 * matrix is needed, and with each component found taken out before the next.
 * Golub and Van Loan, "Matrix Computations", 4th ed., § 8.2.1; Pearson 1901.
 */
import type { Rng } from "@convkit/random";

export type PrincipalComponents = {
  /** `coordinates[row][component]`. */
  coordinates: number[][];
  /** Share of the rows' variance along each component. */
  explained: number[];
};

export type PrincipalComponentsOptions = {
  rng: Rng;
  /** Called after each iteration, from 1, over all components; may throw, to stop. */
  onIteration?: ((iteration: number) => void) | undefined;
};

const MOST_ITERATIONS = 100;
/** Share of the variance that an iteration has to gain: where there is hardly more, any direction is as good. */
const TOLERANCE = 1e-10;

/**
 * Lets in what waits, such as a signal, between iterations: of many rows each takes time, and there may be a hundred a component.
 *
 * @param rows N of D values; a component points to where its largest part is positive, so that pictures of it do not flip.
 */
export async function principalComponents(
  rows: readonly ArrayLike<number>[],
  count: number,
  { rng, onIteration }: PrincipalComponentsOptions,
): Promise<PrincipalComponents> {
  let iterations = 0;
  const letIn = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve));
    onIteration?.(++iterations);
  };
  const width = rows[0]?.length ?? 0;
  const means = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) means[j]! += row[j]! / rows.length;
  const rest = rows.map((row) => Float64Array.from(means, (mean, j) => row[j]! - mean));
  const total = rest.reduce((sum, row) => sum + dot(row, row), 0);
  const coordinates: number[][] = rows.map(() => []);
  const explained: number[] = [];
  for (let component = 0; component < count; component++) {
    const direction = await mainDirection(rest, { width, rng: rng.split(component), letIn });
    let variance = 0;
    for (const [i, row] of rest.entries()) {
      const length = dot(row, direction);
      coordinates[i]!.push(length);
      variance += length * length;
      for (let j = 0; j < width; j++) row[j]! -= length * direction[j]!;
    }
    explained.push(total > 0 ? variance / total : 0);
  }
  return { coordinates, explained };
}

async function mainDirection(
  rows: readonly Float64Array[],
  { width, rng, letIn }: { width: number; rng: Rng; letIn: () => Promise<void> },
): Promise<Float64Array> {
  let direction = toLengthOne(Float64Array.from({ length: width }, () => rng.normal()));
  let variance = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = new Float64Array(width);
    for (const row of rows) {
      const length = dot(row, direction);
      for (let j = 0; j < width; j++) next[j]! += length * row[j]!;
    }
    await letIn();
    const found = Math.sqrt(dot(next, next));
    if (found === 0) break;
    direction = toLengthOne(next);
    if (found - variance < TOLERANCE * found) break;
    variance = found;
  }
  const largest = direction.reduce(
    (best, value, j) => (Math.abs(value) > Math.abs(direction[best]!) ? j : best),
    0,
  );
  return direction[largest]! < 0 ? direction.map((value) => -value) : direction;
}

function toLengthOne(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  for (let j = 0; j < vector.length; j++) vector[j]! /= length;
  return vector;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
