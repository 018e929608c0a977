/** MaxPoolGrad and AvgPoolGrad: the gradients of the poolings with respect to their input. */
import { AvgPoolGrad, MaxPoolGrad, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { defineKernel, type KernelResult } from "../kernel.js";
import type { PoolParams } from "../native-addon.js";
import { planPool, type PoolAttrs, poolParams } from "../pool-plan.js";

type GradInputs = { dy: TensorInfo; input: TensorInfo };
type Run = (dy: Float32Array, x: Float32Array, dx: Float32Array, params: PoolParams) => void;

function runPoolingGrad(
  backend: NativeBackend,
  { dy, input: x }: GradInputs,
  { attrs, run }: { attrs: PoolAttrs; run: Run },
): KernelResult {
  if (dy.dtype !== "float32" || x.dtype !== "float32") return "dtype";
  const plan = planPool(x.shape, attrs);
  util.assertShapesMatch(dy.shape, plan.outShape, "Error in poolGrad: ");
  const dyValues = backend.float32(dy);
  const xValues = backend.float32(x);
  const dx = backend.output(x.shape, "float32");
  if (dyValues.length === 0) dx.values.fill(0);
  else if (xValues.length > 0) run(dyValues, xValues, dx.values, poolParams(plan));
  return dx.info;
}

export const maxPoolGrad = defineKernel<GradInputs, PoolAttrs>(MaxPoolGrad, ({ inputs, attrs, backend }) =>
  runPoolingGrad(backend, inputs, { attrs, run: backend.addon.maxPoolGrad }),
);

export const avgPoolGrad = defineKernel<GradInputs, PoolAttrs>(AvgPoolGrad, ({ inputs, attrs, backend }) =>
  runPoolingGrad(backend, inputs, {
    attrs,
    run: (dy, _x, dx, params) => backend.addon.avgPoolGrad(dy, dx, params),
  }),
);
