/** The kernels of two float32 operands that broadcast, element by element. int32 goes to the copied ones. */
import {
  Add,
  Atan2,
  EluGrad,
  Maximum,
  Minimum,
  Mod,
  Multiply,
  Pow,
  Prelu,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { GeluGrad, type GeluGradInputs } from "@convkit/ops/kernel-names";
import type { NativeBackend } from "../backend.js";
import { planBroadcast } from "../broadcast-plan.js";
import { defineKernel, type KernelResult, type NativeKernel } from "../kernel.js";
import { BINARY } from "../op-codes.js";

const OPS = {
  [Add]: BINARY.add,
  [Atan2]: BINARY.atan2,
  [Maximum]: BINARY.maximum,
  [Minimum]: BINARY.minimum,
  [Mod]: BINARY.mod,
  [Multiply]: BINARY.multiply,
  [Pow]: BINARY.pow,
  [RealDiv]: BINARY.realDiv,
  [SquaredDifference]: BINARY.squaredDifference,
  [Sub]: BINARY.sub,
};

type Operands = { a: TensorInfo; b: TensorInfo };

function runBinary(backend: NativeBackend, op: number, { a, b }: Operands): KernelResult {
  if (a.dtype !== "float32" || b.dtype !== "float32") return "dtype";
  const plan = planBroadcast(op, a.shape, b.shape);
  if (typeof plan === "string") return plan;
  const aValues = backend.float32(a);
  const bValues = backend.float32(b);
  const out = backend.output(plan.outShape, "float32");
  if (out.values.length > 0) backend.addon.binary(aValues, bValues, out.values, plan.params);
  return out.info;
}

export const binaryKernels: readonly NativeKernel[] = [
  ...Object.entries(OPS).map(([name, op]) =>
    defineKernel<Operands, unknown>(name, ({ inputs, backend }) => runBinary(backend, op, inputs)),
  ),
  defineKernel<{ x: TensorInfo; alpha: TensorInfo }, unknown>(Prelu, ({ inputs: { x, alpha }, backend }) =>
    runBinary(backend, BINARY.prelu, { a: x, b: alpha }),
  ),
  defineKernel<{ dy: TensorInfo; y: TensorInfo }, unknown>(EluGrad, ({ inputs: { dy, y }, backend }) =>
    runBinary(backend, BINARY.eluGrad, { a: dy, b: y }),
  ),
  defineKernel<GeluGradInputs<TensorInfo>, unknown>(GeluGrad, ({ inputs: { dy, x }, backend }) =>
    runBinary(backend, BINARY.geluGrad, { a: dy, b: x }),
  ),
];
