/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, by cyclic Jacobi rotations.
 * Golub and Van Loan, "Matrix Computations", 4th ed., §8.5.
 */

export type Eigen = {
  /** In falling order. */
  values: number[];
  /** `vectors[i]` has length 1 and belongs to `values[i]`. */
  vectors: number[][];
};

const MAX_SWEEPS = 50;

/** @param matrix n × n, symmetric; left as it is. Meant for n up to a few dozen: O(n³) a sweep. */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  const at = (m: number[][], i: number, j: number): number => m[i]?.[j] as number;
  const rotate = (first: number[], second: number[], c: number, s: number): void => {
    for (let k = 0; k < n; k++) {
      const [x, y] = [first[k] as number, second[k] as number];
      first[k] = c * x - s * y;
      second[k] = s * x + c * y;
    }
  };

  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(a) > Number.EPSILON * norm(a); sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        if (at(a, p, q) === 0) continue;
        const tau = (at(a, q, q) - at(a, p, p)) / (2 * at(a, p, q));
        const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
        const c = 1 / Math.hypot(1, t);
        const s = t * c;
        for (const row of a) {
          const [x, y] = [row[p] as number, row[q] as number];
          row[p] = c * x - s * y;
          row[q] = s * x + c * y;
        }
        rotate(a[p] as number[], a[q] as number[], c, s);
        rotate(v[p] as number[], v[q] as number[], c, s);
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i));
  return { values: order.map((i) => at(a, i, i)), vectors: order.map((i) => v[i] as number[]) };
}

function offDiagonal(a: number[][]): number {
  return Math.hypot(...a.flatMap((row, i) => row.filter((_, j) => j !== i)));
}

function norm(a: number[][]): number {
  return Math.hypot(...a.flat());
}
