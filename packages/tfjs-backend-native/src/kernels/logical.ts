/** LogicalAnd, LogicalOr and LogicalNot over bool. */
import { LogicalAnd, LogicalNot, LogicalOr, type TensorInfo } from "@tensorflow/tfjs-core";
import { planBroadcast } from "../broadcast-plan.js";
import { elementsOf } from "../element-values.js";
import { defineKernel, type NativeKernel } from "../kernel.js";
import { LOGICAL } from "../op-codes.js";

function ofTwo(kernelName: string, op: number): NativeKernel {
  return defineKernel<{ a: TensorInfo; b: TensorInfo }, unknown>(
    kernelName,
    ({ inputs: { a, b }, backend }) => {
      if (a.dtype !== "bool" || b.dtype !== "bool") return "dtype";
      const plan = planBroadcast(op, a.shape, b.shape);
      if (typeof plan === "string") return plan;
      const aValues = elementsOf(backend, a, "bool");
      const bValues = elementsOf(backend, b, "bool");
      const out = backend.output(plan.outShape, "bool");
      if (out.values.length > 0) backend.addon.logical(aValues, bValues, out.values, plan.params);
      return out.info;
    },
  );
}

export const logicalAnd = ofTwo(LogicalAnd, LOGICAL.and);

export const logicalOr = ofTwo(LogicalOr, LOGICAL.or);

export const logicalNot = defineKernel<{ x: TensorInfo }, unknown>(
  LogicalNot,
  ({ inputs: { x }, backend }) => {
    if (x.dtype !== "bool") return "dtype";
    const values = elementsOf(backend, x, "bool");
    const y = backend.output(x.shape, "bool");
    if (values.length > 0) backend.addon.logicalNot(values, y.values);
    return y.info;
  },
);
