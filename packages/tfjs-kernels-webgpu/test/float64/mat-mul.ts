/** Products of matrices by their definition, in float64. */
import type { Values } from "../call-kernel.js";
import { TermSums } from "./term-sums.js";

export interface MatMulCase {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

export function shapesOf({ m, n, k, transposeA = false, transposeB = false }: MatMulCase): {
  a: [number, number];
  b: [number, number];
} {
  return { a: transposeA ? [k, m] : [m, k], b: transposeB ? [n, k] : [k, n] };
}

export function multiply(product: MatMulCase, a: Values, b: Values, bias?: Values): TermSums {
  const { m, n, k, transposeA, transposeB } = product;
  const sums = new TermSums(m * n);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      for (let i = 0; i < k; i++) {
        const left = a.values[transposeA ? i * m + row : row * k + i]!;
        sums.add(row * n + column, left * b.values[transposeB ? column * k + i : i * n + column]!);
      }
      if (bias) sums.add(row * n + column, bias.values[column]!);
    }
  }
  return sums;
}
