/** The kernels of one float32 operand, element by element. int32 goes to the copied ones. */
import {
  Abs,
  Elu,
  Erf,
  Exp,
  LeakyRelu,
  Log,
  Neg,
  Reciprocal,
  Relu,
  Relu6,
  Rsqrt,
  Sigmoid,
  Sqrt,
  Square,
  Step,
  Tanh,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { Gelu } from "@convkit/ops/kernel-names";
import { defineKernel, type NativeKernel } from "../kernel.js";
import { UNARY } from "../op-codes.js";

const OPS = {
  [Abs]: UNARY.abs,
  [Elu]: UNARY.elu,
  [Erf]: UNARY.erf,
  [Exp]: UNARY.exp,
  [Gelu]: UNARY.gelu,
  [LeakyRelu]: UNARY.leakyRelu,
  [Log]: UNARY.log,
  [Neg]: UNARY.neg,
  [Reciprocal]: UNARY.reciprocal,
  [Relu]: UNARY.relu,
  [Relu6]: UNARY.relu6,
  [Rsqrt]: UNARY.rsqrt,
  [Sigmoid]: UNARY.sigmoid,
  [Sqrt]: UNARY.sqrt,
  [Square]: UNARY.square,
  [Step]: UNARY.step,
  [Tanh]: UNARY.tanh,
};

/** `alpha` belongs to LeakyRelu and Step. */
function unary(kernelName: string, op: number): NativeKernel {
  return defineKernel<{ x: TensorInfo }, { alpha?: number } | undefined>(
    kernelName,
    ({ inputs: { x }, attrs, backend }) => {
      if (x.dtype !== "float32") return "dtype";
      const values = backend.float32(x);
      const y = backend.output(x.shape, "float32");
      if (values.length > 0) backend.addon.unary(values, y.values, op, attrs?.alpha ?? 0);
      return y.info;
    },
  );
}

export const unaryKernels: readonly NativeKernel[] = Object.entries(OPS).map(([name, op]) => unary(name, op));
