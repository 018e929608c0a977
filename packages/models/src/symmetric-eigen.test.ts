import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "./symmetric-eigen.js";

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

const symmetric = fc
  .integer({ min: 1, max: 8 })
  .chain((n) =>
    fc.array(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    }),
  )
  .map((m) => m.map((row, i) => row.map((_, j) => ((m[i]?.[j] as number) + (m[j]?.[i] as number)) / 2)));

describe("symmetricEigen", () => {
  it("solves a matrix worked out by hand", () => {
    // [[2, 1], [1, 2]]: 3 along (1, 1), 1 along (1, −1).
    const { values, vectors } = symmetricEigen([
      [2, 1],
      [1, 2],
    ]);
    expect(values[0]).toBeCloseTo(3, 12);
    expect(values[1]).toBeCloseTo(1, 12);
    expect(Math.abs(dot(vectors[0] as number[], [Math.SQRT1_2, Math.SQRT1_2]))).toBeCloseTo(1, 12);
  });

  it("leaves a diagonal matrix's axes, and its argument, as they are", () => {
    const matrix = [
      [1, 0],
      [0, 5],
    ];
    expect(symmetricEigen(matrix)).toEqual({
      values: [5, 1],
      vectors: [
        [0, 1],
        [1, 0],
      ],
    });
    expect(matrix).toEqual([
      [1, 0],
      [0, 5],
    ]);
  });

  it("gives orthonormal vectors with A v = λ v, in falling order", () => {
    fc.assert(
      fc.property(symmetric, (matrix) => {
        const { values, vectors } = symmetricEigen(matrix);
        vectors.forEach((vector, i) => {
          vectors.forEach((other, j) => expect(dot(vector, other)).toBeCloseTo(i === j ? 1 : 0, 9));
          matrix.forEach((row, k) =>
            expect(dot(row, vector)).toBeCloseTo((values[i] as number) * (vector[k] as number), 8),
          );
          if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1] as number);
        });
      }),
    );
  });
});
