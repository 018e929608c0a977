/** Adds up the parts of a product whose sums several workgroups shared, always in the same order. */
import type { GpuProgram } from "../program.js";

/** Neighbouring threads take neighbouring elements; the others of the workgroup take other parts of them. */
const ELEMENTS = 32;
const SHARES = 8;

export const ELEMENTS_PER_WORKGROUP = ELEMENTS;

/** Buffers: parts, bias, the output. Integers: elements of the output, parts, columns of the output, hasBias, isRelu. */
export const SUM_PARTS: GpuProgram = {
  key: "gemm sum-parts",
  wgsl: () => `
struct Uniforms { size: u32, parts: u32, columns: u32, hasBias: u32, isRelu: u32 }
@group(0) @binding(0) var<storage, read> part: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<uniform> u: Uniforms;

var<workgroup> sums: array<f32, ${ELEMENTS * SHARES}>;

@compute @workgroup_size(${ELEMENTS * SHARES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (group.x + group.y * groups.x) * ${ELEMENTS}u + t % ${ELEMENTS}u;
  var sum = 0.0;
  if (i < u.size) {
    for (var s = t / ${ELEMENTS}u; s < u.parts; s += ${SHARES}u) { sum += part[s * u.size + i]; }
  }
  sums[t] = sum;
  workgroupBarrier();
  if (t >= ${ELEMENTS}u || i >= u.size) { return; }
  for (var share = 1u; share < ${SHARES}u; share++) { sum += sums[share * ${ELEMENTS}u + t]; }
  if (u.hasBias != 0) { sum += bias[i % u.columns]; }
  if (u.isRelu != 0) { sum = select(sum, 0.0, sum < 0.0); }
  output[i] = sum;
}`,
};
