/**
 * The sizes of a batched matrix product and its run on the addon. Batch dimensions broadcast as in NumPy; the
 * `cpu` backend repeats the smaller batch cyclically instead, which is the same unless both sides have to be
 * repeated, and there its result does not have the size of its shape.
 */
import { broadcast_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./backend.js";
import type { Epilogue } from "./epilogue.js";
import type { FallbackReason } from "./kernel-counters.js";

export type MatMulInputs = { a: TensorInfo; b: TensorInfo };
export type MatMulAttrs = { transposeA?: boolean; transposeB?: boolean };

export type MatMulPlan = {
  a: Float32Array;
  b: Float32Array;
  outShape: number[];
  m: number;
  k: number;
  n: number;
  batchShapeA: number[];
  batchShapeB: number[];
  transposeA: boolean;
  transposeB: boolean;
};

/** @throws tfjs's own errors if the shapes do not fit each other. */
export function planMatMul(
  backend: NativeBackend,
  { a, b }: MatMulInputs,
  { transposeA = false, transposeB = false }: MatMulAttrs,
): MatMulPlan | FallbackReason {
  if (a.dtype !== "float32" || b.dtype !== "float32") return "dtype";
  util.assert(
    a.shape.length >= 2 && b.shape.length >= 2,
    () =>
      `Error in matMul: inputs must have at least rank 2, but got ranks ${a.shape.length} and ${b.shape.length}.`,
  );
  const [m, innerA] = lastTwo(a.shape, transposeA);
  const [innerB, n] = lastTwo(b.shape, transposeB);
  const batchShapeA = a.shape.slice(0, -2);
  const batchShapeB = b.shape.slice(0, -2);
  const outShape = broadcast_util.assertAndGetBroadcastShape(batchShapeA, batchShapeB).concat([m, n]);
  util.assert(
    innerA === innerB,
    () =>
      `Error in matMul: inner shapes (${innerA}) and (${innerB}) of Tensors with shapes ${a.shape} and ` +
      `${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const plan = { outShape, m, k: innerA, n, batchShapeA, batchShapeB, transposeA, transposeB };
  if (innerA === 0 && util.sizeFromShape(outShape) > 0) return "empty input";
  return { ...plan, a: backend.float32(a), b: backend.float32(b) };
}

/** [rows, columns] of the matrices after transposition. */
function lastTwo(shape: number[], transpose: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transpose ? [columns, rows] : [rows, columns];
}

const params = new Int32Array(8);

/** Runs the plan with what the addon does of the epilogue; the output is new. */
export function runMatMul(
  backend: NativeBackend,
  plan: MatMulPlan,
  { bias, activation, alpha }: Pick<Epilogue, "bias" | "activation" | "alpha">,
): TensorInfo {
  const { a, b, m, k, n, batchShapeA, batchShapeB } = plan;
  const out = backend.output(plan.outShape, "float32");
  const batch = util.sizeFromShape(plan.outShape.slice(0, -2));
  if (batch * m * n === 0) return out.info;
  const batchA = util.sizeFromShape(batchShapeA);
  const batchB = util.sizeFromShape(batchShapeB);
  params.set([batchA, batchB, m, k, n, Number(plan.transposeA), Number(plan.transposeB), activation]);

  if ((batchA === batch || batchA === 1) && (batchB === batch || batchB === 1)) {
    backend.addon.batchMatMul(a, b, bias, out.values, params, alpha);
    return out.info;
  }
  params[0] = params[1] = 1;
  const batchShape = plan.outShape.slice(0, -2);
  for (let i = 0; i < batch; i++) {
    const startA = sourceBatch(i, batchShape, batchShapeA) * m * k;
    const startB = sourceBatch(i, batchShape, batchShapeB) * k * n;
    backend.addon.batchMatMul(
      a.subarray(startA, startA + m * k),
      b.subarray(startB, startB + k * n),
      bias,
      out.values.subarray(i * m * n, (i + 1) * m * n),
      params,
      alpha,
    );
  }
  return out.info;
}

/** Which matrix of a broadcast operand goes into the output's matrix `index`. */
function sourceBatch(index: number, outBatch: number[], sourceBatch: number[]): number {
  let rest = index;
  let source = 0;
  let stride = 1;
  for (let axis = outBatch.length - 1; axis >= 0; axis--) {
    const outSize = outBatch[axis] as number;
    const sourceSize = sourceBatch[axis - outBatch.length + sourceBatch.length] ?? 1;
    if (sourceSize > 1) source += (rest % outSize) * stride;
    rest = Math.floor(rest / outSize);
    stride *= sourceSize;
  }
  return source;
}
