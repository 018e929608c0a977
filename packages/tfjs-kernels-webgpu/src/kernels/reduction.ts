/**
 * Sums and means of float32 over axes beside each other. tfjs gives each output one workgroup and transposes where the
 * axes are not the last ones: the gradient of a bias, sums over batch, height and width, takes as long there as its convolution.
 */
import { backend_util, Mean, Sum, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { defineKernel } from "../kernel.js";
import type { GpuProgram } from "../program.js";
import {
  channelColumns,
  elementType,
  GATHER_COLUMNS,
  gatherWorkgroups,
  mergeLanes,
  PART_PLACES,
  partWorkgroups,
  WORKGROUP_SIZE,
} from "./channel-columns.js";

/** Fewer numbers in a row, one output each: tfjs does as well. */
const LEAST_IN_A_ROW = 256;
const MOST_WORKGROUPS = 65_535;
/** Outputs that are as many need no parts. */
const ENOUGH_WORKGROUPS = 1024;

/** x as [outer, rows, inner], summed over rows. */
interface Extent {
  readonly outer: number;
  readonly rows: number;
  readonly inner: number;
}

/** @returns null where the axes are not beside each other. */
function extentOf(shape: readonly number[], axes: readonly number[]): Extent | null {
  const sorted = [...axes].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? -1];
  if (last - first + 1 !== sorted.length) return null;
  return {
    outer: util.sizeFromShape(shape.slice(0, first)),
    rows: util.sizeFromShape(shape.slice(first, last + 1)),
    inner: util.sizeFromShape(shape.slice(last + 1)),
  };
}

/** Sums parts of the rows, or all of them where there is one part; the outer index is the workgroup's z. */
function sumProgram(width: 1 | 4): GpuProgram {
  const wgsl = () => `
struct Uniforms { rows: u32, groups: u32, chunk: u32, columns: u32, parts: u32, scale: f32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> y: array<T>;
@group(0) @binding(2) var<uniform> u: Uniforms;
var<workgroup> sums: array<T, ${WORKGROUP_SIZE}>;

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  ${PART_PLACES}
  let from0 = group.z * u.rows;
  var sum = T(0.0);
  if (g < u.groups) {
    for (; row + 3u * rowLanes < end; row += 4u * rowLanes) {
      let at = (from0 + row) * u.groups + g;
      let step = rowLanes * u.groups;
      sum += (x[at] + x[at + step]) + (x[at + 2u * step] + x[at + 3u * step]);
    }
    for (; row < end; row += rowLanes) { sum += x[(from0 + row) * u.groups + g]; }
  }
  sums[lane] = sum;
  ${mergeLanes("sums[lane] += sums[other];")}
  if (first == 0u && g < u.groups) {
    y[(group.z * u.parts + group.y) * u.groups + g] = sums[lane] * u.scale;
  }
}`;
  return { key: `sum ${width}`, wgsl };
}

/** @returns y, its size that of [outer, inner]; undefined where it would take more workgroups than a dispatch has. */
function sumRows(
  backend: WebgpuBackend,
  x: TensorInfo,
  { outer, rows, inner, ...call }: SumCall,
): TensorInfo | undefined {
  const columns = channelColumns(rows, inner, Math.max(Math.floor(ENOUGH_WORKGROUPS / outer), 1));
  const { width, groups, chunk, parts } = columns;
  const program = sumProgram(width);
  const [across, along] = partWorkgroups(columns);
  const [gathering] = gatherWorkgroups(columns);
  if (Math.max(across, along, gathering, outer) > MOST_WORKGROUPS) return undefined;
  const y = backend.output(call.shape);
  const sums = parts === 1 ? null : backend.scratch(outer * parts * inner * 4);
  backend.dispatch(program, {
    buffers: [x, sums ?? y],
    uniforms: { ints: [rows, groups, chunk, columns.columns, parts], floats: [sums ? 1 : call.scale] },
    workgroups: [across, along, outer],
  });
  if (sums) {
    backend.dispatch(program, {
      buffers: [sums, y],
      uniforms: { ints: [parts, groups, parts, GATHER_COLUMNS, 1], floats: [call.scale] },
      workgroups: [gathering, 1, outer],
    });
    backend.releaseScratch(sums);
  }
  return y;
}

interface SumCall extends Extent {
  readonly shape: readonly number[];
  /** Multiplied into the sums. */
  readonly scale: number;
}

interface ReductionAttrs {
  readonly axis?: number | number[];
  readonly keepDims: boolean;
}

function defineReduction(name: string, scaleOf: (rows: number) => number) {
  return defineKernel<{ x: TensorInfo }, ReductionAttrs>(name, ({ inputs: { x }, attrs, backend }) => {
    // As tfjs's own types have it, an axis left out is all of them.
    const axes = util.parseAxisParam(attrs.axis as number | number[], x.shape);
    const extent = x.dtype === "float32" ? extentOf(x.shape, axes) : null;
    if (extent === null) return undefined;
    const { outer, rows, inner } = extent;
    if (outer * rows * inner === 0 || (inner === 1 && rows < LEAST_IN_A_ROW)) return undefined;
    const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = attrs.keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    return sumRows(backend, x, { ...extent, shape, scale: scaleOf(rows) });
  });
}

export const sum = defineReduction(Sum, () => 1);
export const mean = defineReduction(Mean, (rows) => 1 / rows);
