/** Dropout by a hash of the element's place: the formula, all of it on uint32, in @convkit/ops/kernel-names. */
import * as names from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import type { GpuProgram } from "../program.js";
import { elementType } from "./channel-columns.js";
import { elementwiseMain, runElementwise, widthOf } from "./elementwise.js";

const PROGRAMS = { 1: program(1), 4: program(4) };

function program(width: 1 | 4): GpuProgram {
  const hash = width === 4 ? "vec4u" : "u32";
  const place = width === 4 ? "vec4u(4u * i, 4u * i + 1u, 4u * i + 2u, 4u * i + 3u)" : "i";
  const wgsl = () => `
struct Uniforms { seed: u32, threshold: u32, scale: f32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> y: array<T>;
@group(0) @binding(2) var<uniform> u: Uniforms;
${elementwiseMain(
  "y",
  `
  var h = ${place} * 0x9E3779B9u + u.seed;
  h ^= h >> ${hash}(16u);
  h *= 0x7feb352du;
  h ^= h >> ${hash}(15u);
  h *= 0x846ca68bu;
  h ^= h >> ${hash}(16u);
  y[i] = x[i] * select(T(0.0), T(u.scale), h >= ${hash}(u.threshold));`,
)}`;
  return { key: `${names.StatelessDropout} ${width}`, wgsl };
}

export const statelessDropout = defineKernel<
  names.StatelessDropoutInputs<TensorInfo>,
  names.StatelessDropoutAttrs
>(names.StatelessDropout, ({ inputs: { x }, attrs: { rate, seed }, backend }) => {
  const y = backend.output(x.shape);
  // Kept are integers that are no less than `rate · 2³²`: none, where the next integer above it is no uint32.
  const threshold = Math.ceil(rate * 2 ** 32);
  const scale = threshold < 2 ** 32 ? 1 / (1 - rate) : 0;
  runElementwise(backend, {
    program: PROGRAMS[widthOf(x)],
    buffers: [x, y],
    uniforms: { ints: [seed, threshold], floats: [scale], isVolatile: true },
  });
  return [y];
});
