/**
 * Batch normalisation by the batch's own statistics: formulas in @convkit/ops/kernel-names. Three programs: mean and squared
 * deviations of parts of the rows, of all rows, and the normalisation. Statistics are merged as Chan, Golub and LeVeque 1979,
 * "Updating formulae and a pairwise algorithm for computing sample variances", have it: no squares of raw values are summed,
 * which a mean far from 0 would cancel.
 */
import * as names from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { defineKernel } from "../kernel.js";
import { type GpuProgram, spreadWorkgroups } from "../program.js";
import {
  activationFunctions,
  type BatchNormParameters,
  type BatchNormTail,
  columnsOf,
  parameterBindings,
  parametersGiven,
  variantOf,
  WINDOW_WGSL,
} from "./batch-norm.js";
import {
  elementType,
  GATHER_COLUMNS,
  GATHER_PLACES,
  gatherWorkgroups,
  mergeLanes,
  PART_PLACES,
  partWorkgroups,
  WORKGROUP_SIZE,
} from "./channel-columns.js";

const BUILTINS = `@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32`;

/** `a` has the statistics of `a.count` values, and those of others are merged into it. */
const STATISTICS = `
struct Statistics { mean: T, squares: T, count: f32 }
fn merge(a: Statistics, b: Statistics) -> Statistics {
  let count = a.count + b.count;
  let share = b.count / max(count, 1.0);
  let apart = b.mean - a.mean;
  return Statistics(a.mean + apart * share, a.squares + b.squares + apart * apart * (a.count * share), count);
}
var<workgroup> lanes: array<Statistics, ${WORKGROUP_SIZE}>;`;

function partStatistics(width: 1 | 4): GpuProgram {
  const wgsl = () => `
struct Uniforms { rows: u32, groups: u32, chunk: u32, columns: u32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read_write> parts: array<T>;
@group(0) @binding(2) var<uniform> u: Uniforms;
${STATISTICS}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(${BUILTINS}) {
  ${PART_PLACES}
  var all = Statistics(T(0.0), T(0.0), 0.0);
  if (g < u.groups) {
    for (; row + 3u * rowLanes < end; row += 4u * rowLanes) {
      let a = x[row * u.groups + g];
      let b = x[(row + rowLanes) * u.groups + g];
      let c = x[(row + 2u * rowLanes) * u.groups + g];
      let d = x[(row + 3u * rowLanes) * u.groups + g];
      let mean = 0.25 * a + 0.25 * b + 0.25 * c + 0.25 * d;
      let squares = (a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean) + (d - mean) * (d - mean);
      all = merge(all, Statistics(mean, squares, 4.0));
    }
    for (; row < end; row += rowLanes) {
      all = merge(all, Statistics(x[row * u.groups + g], T(0.0), 1.0));
    }
  }
  lanes[lane] = all;
  ${mergeLanes("lanes[lane] = merge(lanes[lane], lanes[other]);")}
  if (first == 0u && g < u.groups) {
    parts[2u * group.y * u.groups + g] = lanes[lane].mean;
    parts[(2u * group.y + 1u) * u.groups + g] = lanes[lane].squares;
  }
}`;
  return { key: `batch norm, parts' statistics ${width}`, wgsl };
}

/** `coefficients`, [3, C], are all that normalising needs: mean, factor, offset. */
function gatherStatistics(width: 1 | 4, parameters: BatchNormParameters): GpuProgram {
  const wgsl = () => `
struct Uniforms { rows: u32, groups: u32, chunk: u32, columns: u32, parts: u32, epsilon: f32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> parts: array<T>;
@group(0) @binding(1) var<storage, read_write> mean: array<T>;
@group(0) @binding(2) var<storage, read_write> variance: array<T>;
@group(0) @binding(3) var<storage, read_write> coefficients: array<T>;
${parameterBindings(parameters, 4)}
@group(0) @binding(${4 + parametersGiven(parameters).length}) var<uniform> u: Uniforms;
${STATISTICS}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(${BUILTINS}) {
  ${GATHER_PLACES}
  var all = Statistics(T(0.0), T(0.0), 0.0);
  if (g < u.groups) {
    for (var part = first; part < u.parts; part += rowLanes) {
      let count = min(u.chunk, u.rows - part * u.chunk);
      all = merge(all, Statistics(parts[2u * part * u.groups + g], parts[(2u * part + 1u) * u.groups + g], f32(count)));
    }
  }
  lanes[lane] = all;
  ${mergeLanes("lanes[lane] = merge(lanes[lane], lanes[other]);")}
  if (first == 0u && g < u.groups) {
    let ofRows = lanes[lane].squares / f32(u.rows);
    mean[g] = lanes[lane].mean;
    variance[g] = ofRows;
    coefficients[g] = lanes[lane].mean;
    coefficients[u.groups + g] = scaleOf(g) * inverseSqrt(ofRows + u.epsilon);
    coefficients[2u * u.groups + g] = offsetOf(g);
  }
}`;
  return { key: `batch norm, statistics ${width} ${variantOf(parameters)}`, wgsl };
}

function normalize(width: 1 | 4, tail: BatchNormTail): GpuProgram {
  const isPooled = tail === "relu-pool";
  const wgsl = () => `
struct Uniforms { groups: u32, pixelsInRow: u32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> x: array<T>;
@group(0) @binding(1) var<storage, read> coefficients: array<T>;
@group(0) @binding(2) var<storage, read_write> y: array<T>;
@group(0) @binding(3) var<uniform> u: Uniforms;
${isPooled ? WINDOW_WGSL : activationFunctions(tail)}
fn at(pixel: u32, g: u32) -> T {
  return (x[pixel * u.groups + g] - coefficients[g]) * coefficients[u.groups + g] + coefficients[2u * u.groups + g];
}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(${BUILTINS}, @builtin(num_workgroups) groups: vec3u) {
  let i = (group.x + group.y * groups.x) * ${WORKGROUP_SIZE}u + lane;
  if (i >= arrayLength(&y)) { return; }
  let g = i % u.groups;
  ${
    isPooled
      ? `
  let pixel = firstPixel(i / u.groups, u.pixelsInRow);
  let below = pixel + u.pixelsInRow;
  let z = max(max(at(pixel, g), at(pixel + 1u, g)), max(at(below, g), at(below + 1u, g)));
  y[i] = select(z, T(0.0), z < T(0.0));`
      : `_ = u.pixelsInRow;\n  y[i] = activate(at(i / u.groups, g));`
  }
}`;
  return { key: `batch norm, ${tail} ${width}`, wgsl };
}

function run(
  backend: WebgpuBackend,
  { x, ...parameters }: names.BatchNormTrainingInputs<TensorInfo>,
  { epsilon, tail }: { readonly epsilon: number; readonly tail: BatchNormTail },
): TensorInfo[] {
  const columns = columnsOf(x);
  const { width, groups, rows, chunk, parts: partCount } = columns;
  const channels = groups * width;
  const [mean, variance] = [backend.output([channels]), backend.output([channels])];
  const parts = backend.scratch(2 * partCount * channels * 4);
  const coefficients = backend.scratch(3 * channels * 4);
  backend.dispatch(partStatistics(width), {
    buffers: [x, parts],
    uniforms: { ints: [rows, groups, chunk, columns.columns] },
    workgroups: partWorkgroups(columns),
  });
  backend.dispatch(gatherStatistics(width, parameters), {
    buffers: [parts, mean, variance, coefficients, ...parametersGiven(parameters)],
    uniforms: { ints: [rows, groups, chunk, GATHER_COLUMNS, partCount], floats: [epsilon] },
    workgroups: gatherWorkgroups(columns),
  });
  backend.releaseScratch(parts);
  const y = backend.output(tail === "relu-pool" ? pooledShape(x.shape) : x.shape);
  backend.dispatch(normalize(width, tail), {
    buffers: [x, coefficients, y],
    uniforms: { ints: [groups, x.shape.at(-2) ?? 1] },
    workgroups: spreadWorkgroups(Math.ceil(util.sizeFromShape(y.shape) / width / WORKGROUP_SIZE)),
  });
  backend.releaseScratch(coefficients);
  return [y, mean, variance];
}

function pooledShape(shape: readonly number[]): number[] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return [batch, height / 2, width / 2, channels];
}

export const batchNormTraining = defineKernel<
  names.BatchNormTrainingInputs<TensorInfo>,
  names.BatchNormTrainingAttrs
>(names.BatchNormTraining, ({ inputs, attrs: { epsilon, activation }, backend }) =>
  run(backend, inputs, { epsilon, tail: activation }),
);

export const batchNormReluMaxPool = defineKernel<
  names.BatchNormReluMaxPoolInputs<TensorInfo>,
  names.BatchNormReluMaxPoolAttrs
>(names.BatchNormReluMaxPool, ({ inputs, attrs: { epsilon }, backend }) =>
  run(backend, inputs, { epsilon, tail: "relu-pool" }),
);
