/** Cross-entropy of logits and its gradient: the formula in @convkit/ops/kernel-names. One workgroup a row, then one for all losses. */
import * as names from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import { type GpuProgram, spreadWorkgroups } from "../program.js";

/** Lanes of a row: rows are of ten numbers or of thousands. */
const ROW_LANES = 64;
const SUM_LANES = 256;

/**
 * Each lane holds a value in `lanes`; all get what `merge` makes of them in `lanes[0]`. `u.one` keeps compilers from unrolling,
 * which takes some drivers seconds.
 */
function merged(merge: string, size: number): string {
  return `
  for (var stride = ${size}u >> u.one; stride > 0u; stride >>= 1u) {
    workgroupBarrier();
    if (lane < stride) { lanes[lane] = ${merge}; }
  }
  workgroupBarrier();`;
}

const ROWS: GpuProgram = {
  key: `${names.SoftmaxCrossEntropy}, rows`,
  wgsl: () => `
struct Uniforms { rows: u32, classes: u32, one: u32, divisor: f32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> dlogits: array<f32>;
@group(0) @binding(4) var<uniform> u: Uniforms;
var<workgroup> lanes: array<f32, ${ROW_LANES}>;

@compute @workgroup_size(${ROW_LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x + group.y * groups.x;
  if (row >= u.rows) { return; }
  let first = row * u.classes;

  var greatest = logits[first];
  for (var c = lane; c < u.classes; c += ${ROW_LANES}u) { greatest = max(greatest, logits[first + c]); }
  lanes[lane] = greatest;
  ${merged("max(lanes[lane], lanes[lane + stride])", ROW_LANES)}
  greatest = lanes[0];
  workgroupBarrier();

  var exponentials = 0.0;
  for (var c = lane; c < u.classes; c += ${ROW_LANES}u) { exponentials += exp(logits[first + c] - greatest); }
  lanes[lane] = exponentials;
  ${merged("lanes[lane] + lanes[lane + stride]", ROW_LANES)}
  exponentials = lanes[0];
  workgroupBarrier();

  let logSum = log(exponentials);
  var share = 0.0;
  var loss = 0.0;
  for (var c = lane; c < u.classes; c += ${ROW_LANES}u) {
    let t = targets[first + c];
    share += t;
    loss -= t * (logits[first + c] - greatest - logSum);
  }
  lanes[lane] = share;
  ${merged("lanes[lane] + lanes[lane + stride]", ROW_LANES)}
  share = lanes[0];
  workgroupBarrier();
  lanes[lane] = loss;
  ${merged("lanes[lane] + lanes[lane + stride]", ROW_LANES)}
  if (lane == 0u) { losses[row] = lanes[0]; }

  for (var c = lane; c < u.classes; c += ${ROW_LANES}u) {
    let probability = exp(logits[first + c] - greatest - logSum);
    dlogits[first + c] = (probability * share - targets[first + c]) / u.divisor;
  }
}`,
};

const ALL: GpuProgram = {
  key: `${names.SoftmaxCrossEntropy}, sum`,
  wgsl: () => `
struct Uniforms { one: u32, divisor: f32 }
@group(0) @binding(0) var<storage, read> losses: array<f32>;
@group(0) @binding(1) var<storage, read_write> loss: array<f32>;
@group(0) @binding(2) var<uniform> u: Uniforms;
var<workgroup> lanes: array<f32, ${SUM_LANES}>;

@compute @workgroup_size(${SUM_LANES})
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var row = lane; row < arrayLength(&losses); row += ${SUM_LANES}u) { sum += losses[row]; }
  lanes[lane] = sum;
  ${merged("lanes[lane] + lanes[lane + stride]", SUM_LANES)}
  if (lane == 0u) { loss[0] = lanes[0] / u.divisor; }
}`,
};

export const softmaxCrossEntropy = defineKernel<
  names.SoftmaxCrossEntropyInputs<TensorInfo>,
  names.SoftmaxCrossEntropyAttrs
>(names.SoftmaxCrossEntropy, ({ inputs: { logits, targets }, attrs: { divisor }, backend }) => {
  const [rows, classes] = logits.shape as [number, number];
  const [loss, dlogits] = [backend.output([]), backend.output(logits.shape)];
  const losses = backend.scratch(rows * 4);
  backend.dispatch(ROWS, {
    buffers: [logits, targets, losses, dlogits],
    uniforms: { ints: [rows, classes, 1], floats: [divisor] },
    workgroups: spreadWorkgroups(rows),
  });
  backend.dispatch(ALL, {
    buffers: [losses, loss],
    uniforms: { ints: [1], floats: [divisor] },
    workgroups: [1, 1, 1],
  });
  backend.releaseScratch(losses);
  return [loss, dlogits];
});
