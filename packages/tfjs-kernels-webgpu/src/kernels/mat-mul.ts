/** Products of two matrices, among them the dense layer's and its gradients'. Batches of matrices are left to tfjs's kernels. */
import { _FusedMatMul, BatchMatMul, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { gemm } from "../gemm/gemm.js";
import { plainForm } from "../gemm/plain-form.js";
import { defineKernel } from "../kernel.js";

interface MatMulInputs {
  a: TensorInfo;
  b: TensorInfo;
}

interface FusedMatMulInputs extends MatMulInputs {
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows of A are samples of a batch as a rule: see `chooseTile`. */
const USUAL_ROWS = 64;

export const batchMatMul = defineKernel<MatMulInputs, MatMulAttrs>(
  BatchMatMul,
  ({ inputs, attrs, backend }) => multiply(backend, inputs, attrs, {}),
);

export const fusedMatMul = defineKernel<FusedMatMulInputs, MatMulAttrs & { activation: string }>(
  _FusedMatMul,
  ({ inputs: { bias, preluActivationWeights, ...inputs }, attrs, backend }) => {
    const { activation } = attrs;
    if (preluActivationWeights || (activation !== "linear" && activation !== "relu")) return undefined;
    return multiply(backend, inputs, attrs, { bias, isRelu: activation === "relu" });
  },
);

function multiply(
  backend: WebgpuBackend,
  { a, b }: MatMulInputs,
  { transposeA, transposeB }: MatMulAttrs,
  { bias, isRelu = false }: { bias?: TensorInfo | undefined; isRelu?: boolean },
): TensorInfo | undefined {
  if ([a, b, ...(bias ? [bias] : [])].some(({ dtype }) => dtype !== "float32")) return undefined;
  if (!isOneMatrix(a) || !isOneMatrix(b) || (transposeA && transposeB)) return undefined;
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [n, sameK] = transposeB ? [bRows, bColumns] : [bColumns, bRows];
  // tfjs says of those that do not fit what is wrong.
  if (k !== sameK || m * n * k === 0 || (bias && !isPerColumn(bias, n))) return undefined;
  const batch = a.shape.length > b.shape.length ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  return gemm(backend, {
    ...{ m, n, k },
    form: plainForm({ m, n, k, transposeA, transposeB }),
    a,
    b,
    bias,
    isRelu,
    outputShape: [...batch, m, n],
    usualM: transposeA ? m : USUAL_ROWS,
    uniforms: { M: m, N: n, K: k },
  });
}

function isOneMatrix({ shape }: TensorInfo): boolean {
  return shape.length >= 2 && util.sizeFromShape(shape.slice(0, -2)) === 1;
}

function isPerColumn({ shape }: TensorInfo, n: number): boolean {
  return shape.at(-1) === n && shape.slice(0, -1).every((size) => size === 1);
}
