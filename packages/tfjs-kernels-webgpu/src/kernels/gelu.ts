/** The Gaussian error linear unit and its gradient: formulas in @convkit/ops/kernel-names. */
import * as names from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import { elementType } from "./channel-columns.js";
import { elementwiseMain, runElementwise, widthOf } from "./elementwise.js";

/**
 * Φ and x ↦ Φ(x) + x · φ(x) for a type `T`. WGSL has no erf: Φ(x) = erfc(−x / √2) / 2 by the Chebyshev fit of Press et al.,
 * "Numerical Recipes in C", 2nd edition, §6.2 (`erfcc`), whose relative error is below 1.2e-7.
 */
export const GELU_WGSL = `
fn normalDistribution(x: T) -> T {
  let z = abs(x) * ${Math.SQRT1_2};
  let t = 1.0 / (1.0 + 0.5 * z);
  let p = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806 + t * (0.27886807 +
    t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let tail = 0.5 * t * exp(p - z * z);
  return select(tail, 1.0 - tail, x > T(0.0));
}
fn geluSlope(x: T) -> T {
  return normalDistribution(x) + x * ${1 / Math.sqrt(2 * Math.PI)} * exp(-0.5 * x * x);
}`;

export const gelu = defineKernel<names.GeluInputs<TensorInfo>, unknown>(
  names.Gelu,
  ({ inputs: { x }, backend }) => {
    const width = widthOf(x);
    const y = backend.output(x.shape);
    const wgsl = () => `
${elementType(width)}
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> y: array<T>;
${GELU_WGSL}
${elementwiseMain("y", "y[i] = x[i] * normalDistribution(x[i]);")}`;
    runElementwise(backend, { program: { key: `${names.Gelu} ${width}`, wgsl }, buffers: [x, y] });
    return y;
  },
);

export const geluGrad = defineKernel<names.GeluGradInputs<TensorInfo>, unknown>(
  names.GeluGrad,
  ({ inputs: { dy, x }, backend }) => {
    const width = widthOf(x);
    const dx = backend.output(x.shape);
    const wgsl = () => `
${elementType(width)}
@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read_write> dx: array<T>;
${GELU_WGSL}
${elementwiseMain("dx", "dx[i] = dy[i] * geluSlope(x[i]);")}`;
    runElementwise(backend, { program: { key: `${names.GeluGrad} ${width}`, wgsl }, buffers: [dy, x, dx] });
    return dx;
  },
);
