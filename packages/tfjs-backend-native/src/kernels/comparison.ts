/** The comparisons of two float32 or two int32 operands that broadcast; the result is bool. */
import {
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  NotEqual,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { planBroadcast } from "../broadcast-plan.js";
import { elementsOf } from "../element-values.js";
import { defineKernel, type NativeKernel } from "../kernel.js";
import { COMPARE } from "../op-codes.js";

const OPS = {
  [Equal]: COMPARE.equal,
  [Greater]: COMPARE.greater,
  [GreaterEqual]: COMPARE.greaterEqual,
  [Less]: COMPARE.less,
  [LessEqual]: COMPARE.lessEqual,
  [NotEqual]: COMPARE.notEqual,
};

function comparison(kernelName: string, op: number): NativeKernel {
  return defineKernel<{ a: TensorInfo; b: TensorInfo }, unknown>(
    kernelName,
    ({ inputs: { a, b }, backend }) => {
      const { dtype } = a;
      if (b.dtype !== dtype || (dtype !== "float32" && dtype !== "int32")) return "dtype";
      const plan = planBroadcast(op, a.shape, b.shape);
      if (typeof plan === "string") return plan;
      const aValues = elementsOf(backend, a, dtype);
      const bValues = elementsOf(backend, b, dtype);
      const out = backend.output(plan.outShape, "bool");
      if (out.values.length > 0) backend.addon.compare(aValues, bValues, out.values, plan.params);
      return out.info;
    },
  );
}

export const comparisonKernels: readonly NativeKernel[] = Object.entries(OPS).map(([name, op]) =>
  comparison(name, op),
);
