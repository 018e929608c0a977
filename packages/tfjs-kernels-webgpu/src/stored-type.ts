/**
 * tfjs's `cast` to float32 of integers and truth values copies nothing: the new tensor shares their memory, and tfjs's programs are compiled
 * for what is stored. Programs of this package take float32 as float32, so that such a tensor is converted before.
 */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "./backend.js";
import { elementwiseMain, runElementwise, widthOf } from "./kernels/elementwise.js";
import { elementType } from "./kernels/channel-columns.js";
import type { GpuProgram } from "./program.js";

const PROGRAMS = { 1: program(1), 4: program(4) };

function program(width: 1 | 4): GpuProgram {
  const stored = width === 4 ? "vec4i" : "i32";
  const wgsl = () => `
${elementType(width)}
@group(0) @binding(0) var<storage, read> x: array<${stored}>;
@group(0) @binding(1) var<storage, read_write> y: array<T>;
${elementwiseMain("y", "y[i] = T(x[i]);")}`;
  return { key: `to-float ${width}`, wgsl };
}

/**
 * @returns the tensor itself, whose memory is of its type from now on where nothing else shares it, or one of the same values,
 *   which the caller disposes.
 */
export function asDeclared(backend: WebgpuBackend, tensor: TensorInfo): TensorInfo {
  const stored = backend.tensorMap.get(tensor.dataId);
  if (tensor.dtype !== "float32" || (stored.dtype !== "int32" && stored.dtype !== "bool")) return tensor;
  if (tensor.shape.includes(0)) return tensor;
  const floats = backend.output(tensor.shape);
  runElementwise(backend, { program: PROGRAMS[widthOf(floats)], buffers: [tensor, floats] });
  if (stored.refCount > 1) return floats;
  const converted = backend.tensorMap.get(floats.dataId);
  const { resource, external } = stored;
  Object.assign(stored, { dtype: "float32", values: null, resource: converted.resource, external: false });
  Object.assign(converted, { resource, external });
  backend.disposeData(floats.dataId);
  return tensor;
}
