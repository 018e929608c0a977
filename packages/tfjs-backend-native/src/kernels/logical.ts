/** LogicalAnd and LogicalNot over bool. */
import { LogicalAnd, LogicalNot, type TensorInfo } from "@tensorflow/tfjs-core";
import { planBroadcast } from "../broadcast-plan.js";
import { elementsOf } from "../element-values.js";
import { defineKernel } from "../kernel.js";

/** The addon's logicalAnd is one operation; the place of its number is unused. */
const NO_OP = 0;

export const logicalAnd = defineKernel<{ a: TensorInfo; b: TensorInfo }, unknown>(
  LogicalAnd,
  ({ inputs: { a, b }, backend }) => {
    if (a.dtype !== "bool" || b.dtype !== "bool") return "dtype";
    const plan = planBroadcast(NO_OP, a.shape, b.shape);
    if (typeof plan === "string") return plan;
    const aValues = elementsOf(backend, a, "bool");
    const bValues = elementsOf(backend, b, "bool");
    const out = backend.output(plan.outShape, "bool");
    if (out.values.length > 0) backend.addon.logicalAnd(aValues, bValues, out.values, plan.params);
    return out.info;
  },
);

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
