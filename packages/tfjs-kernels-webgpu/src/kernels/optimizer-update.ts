/** Updates of optimizers, a pass over the parameter each: formulas in @convkit/ops/kernel-names. */
import * as names from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import { type GpuProgram, spreadWorkgroups } from "../program.js";

const WORKGROUP_SIZE = 256;

const SGD: GpuProgram = {
  key: names.SgdUpdate,
  wgsl: () => `
struct Uniforms { nesterov: u32, coupled: u32, learningRate: f32, momentum: f32, weightDecay: f32 }
@group(0) @binding(0) var<storage, read> param: array<f32>;
@group(0) @binding(1) var<storage, read> grad: array<f32>;
@group(0) @binding(2) var<storage, read> velocity: array<f32>;
@group(0) @binding(3) var<storage, read_write> newParam: array<f32>;
@group(0) @binding(4) var<storage, read_write> newVelocity: array<f32>;
@group(0) @binding(5) var<uniform> u: Uniforms;

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.x + group.y * groups.x) * ${WORKGROUP_SIZE}u + lane;
  if (i >= arrayLength(&param)) { return; }
  let p = param[i];
  var g = grad[i];
  if (u.coupled != 0) { g += u.weightDecay * p; }
  let v = u.momentum * velocity[i] + g;
  var update = v;
  if (u.nesterov != 0) { update = g + u.momentum * v; }
  if (u.coupled == 0) { update += u.weightDecay * p; }
  newVelocity[i] = v;
  newParam[i] = p - u.learningRate * update;
}`,
};

export const sgdUpdate = defineKernel<names.SgdUpdateInputs<TensorInfo>, names.SgdUpdateAttrs>(
  names.SgdUpdate,
  ({ inputs: { param, grad, velocity }, attrs, backend }) => {
    const outputs = [backend.output(param.shape), backend.output(param.shape)];
    const { learningRate, momentum, weightDecay, nesterov, coupled = false } = attrs;
    backend.dispatch(SGD, {
      buffers: [param, grad, velocity, ...outputs],
      uniforms: {
        ints: [Number(nesterov), Number(coupled)],
        floats: [learningRate, momentum, weightDecay],
        isVolatile: true,
      },
      workgroups: spreadWorkgroups(Math.ceil(util.sizeFromShape(param.shape) / WORKGROUP_SIZE)),
    });
    return outputs;
  },
);
