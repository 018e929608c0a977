/** The product of two matrices as they lie in memory, each either way. */
import type { GemmForm } from "./gemm-program.js";
import { acrossK, alongK } from "./operands.js";

/** Of A [M, K] and B [K, N], or of those that are transposed. */
interface MatrixSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

export function plainForm({ m, n, k, transposeA = false, transposeB = false }: MatrixSizes): GemmForm {
  return {
    name: "plain",
    a: transposeA ? acrossK("a", m % 4 === 0) : alongK("a", k % 4 === 0),
    b: transposeB ? alongK("b", k % 4 === 0) : acrossK("b", n % 4 === 0),
    uniforms: ["M", "N", "K"],
    define: "let split = z;",
    outputRow: "m",
  };
}
