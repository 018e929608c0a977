/** MaxPool and AvgPool over NHWC. */
import { AvgPool, MaxPool, type TensorInfo } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { defineKernel, type KernelResult } from "../kernel.js";
import type { NativeAddon } from "../native-addon.js";
import { isIdentity, planPool, type PoolAttrs, poolParams } from "../pool-plan.js";

type Pooling = {
  run: NativeAddon["maxPool" | "avgPool"];
  /** The result of a window that has no pixel in it, as `cpu` gives it. */
  ofNothing: number;
};

function runPooling(
  backend: NativeBackend,
  { run, ofNothing }: Pooling,
  { x, attrs }: { x: TensorInfo; attrs: PoolAttrs },
): KernelResult {
  if (x.dtype !== "float32") return "dtype";
  const plan = planPool(x.shape, attrs);
  if (isIdentity(plan)) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  }
  const values = backend.float32(x);
  const y = backend.output(plan.outShape, "float32");
  if (values.length === 0) y.values.fill(ofNothing);
  else if (y.values.length > 0) run(values, y.values, poolParams(plan));
  return y.info;
}

export const maxPool = defineKernel<{ x: TensorInfo }, PoolAttrs>(
  MaxPool,
  ({ inputs: { x }, attrs, backend }) =>
    runPooling(backend, { run: backend.addon.maxPool, ofNothing: -Infinity }, { x, attrs }),
);

export const avgPool = defineKernel<{ x: TensorInfo }, PoolAttrs>(
  AvgPool,
  ({ inputs: { x }, attrs, backend }) =>
    runPooling(backend, { run: backend.addon.avgPool, ofNothing: NaN }, { x, attrs }),
);
