/** Sum, Mean and Max of float32 tensors over any axes. */
import {
  Max,
  type MaxAttrs,
  Mean,
  type MeanAttrs,
  Sum,
  type SumAttrs,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { defineKernel } from "../kernel.js";
import { REDUCE } from "../op-codes.js";
import { planReduce, type ReducePlan } from "../reduce-plan.js";

type Reduction = {
  op: number;
  /** The result over nothing, as `cpu` gives it. */
  ofNothing: number;
};

const params = new Int32Array(4);

function runReduction(
  backend: NativeBackend,
  { op, ofNothing }: Reduction,
  { x, plan: { steps, outShape } }: { x: TensorInfo; plan: ReducePlan },
): TensorInfo {
  let values = backend.float32(x);
  if (values.length === 0) {
    const out = backend.output(outShape, "float32");
    out.values.fill(ofNothing);
    return out.info;
  }
  const between: TensorInfo[] = [];
  for (const [i, { outer, reduced, inner }] of steps.entries()) {
    const out = backend.output(i === steps.length - 1 ? outShape : [outer, inner], "float32");
    params.set([op, outer, reduced, inner]);
    backend.addon.reduce(values, out.values, params);
    values = out.values;
    between.push(out.info);
  }
  const result = between.pop() as TensorInfo;
  for (const info of between) backend.disposeIntermediateTensorInfo(info);
  return result;
}

type Input = { x: TensorInfo };

export const sum = defineKernel<Input, SumAttrs>(Sum, ({ inputs: { x }, attrs, backend }) => {
  if (x.dtype !== "float32") return "dtype";
  return runReduction(backend, { op: REDUCE.sum, ofNothing: 0 }, { x, plan: planReduce(x.shape, attrs) });
});

export const mean = defineKernel<Input, MeanAttrs>(Mean, ({ inputs: { x }, attrs, backend }) => {
  if (x.dtype !== "float32") return "dtype";
  return runReduction(backend, { op: REDUCE.mean, ofNothing: 0 }, { x, plan: planReduce(x.shape, attrs) });
});

export const max = defineKernel<Input, MaxAttrs>(Max, ({ inputs: { x }, attrs, backend }) => {
  if (x.dtype !== "float32") return "dtype";
  const { reductionIndices: axis, keepDims } = attrs;
  const plan = planReduce(x.shape, { axis, keepDims });
  return runReduction(backend, { op: REDUCE.max, ofNothing: NaN }, { x, plan });
});
