/** Programs that compute each element of their output by itself. */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { type GpuCall, type GpuProgram, spreadWorkgroups } from "../program.js";
import { WORKGROUP_SIZE } from "./channel-columns.js";

/** Elements that a lane takes at once. */
export function widthOf({ shape }: TensorInfo): 1 | 4 {
  return util.sizeFromShape(shape) % 4 === 0 ? 4 : 1;
}

/**
 * The entry point of a program without uniforms for `body`, with the element's place `i`.
 *
 * @param output the binding that has one element for each.
 */
export function elementwiseMain(output: string, body: string): string {
  return `
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = (group.x + group.y * groups.x) * ${WORKGROUP_SIZE}u + lane;
  if (i >= arrayLength(&${output})) { return; }
  ${body}
}`;
}

/** @param call its last buffer is the output. */
export function runElementwise(
  backend: WebgpuBackend,
  { program, ...call }: Omit<GpuCall, "workgroups"> & { readonly program: GpuProgram },
): void {
  const output = call.buffers.at(-1) as TensorInfo;
  if (output.shape.includes(0)) return;
  const count = util.sizeFromShape(output.shape) / widthOf(output);
  backend.dispatch(program, { ...call, workgroups: spreadWorkgroups(Math.ceil(count / WORKGROUP_SIZE)) });
}
