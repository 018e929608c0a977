/**
 * The gradient of batch normalisation by the batch's own statistics: formulas in @convkit/ops/kernel-names. Three programs: the
 * sums of dy and dy · x̂ over parts of the rows, those over all rows, and dx. What the activation, or the pooling, did is
 * computed again from x.
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

const MERGE = mergeLanes(`
      sharedSums[lane] += sharedSums[other];
      sharedProducts[lane] += sharedProducts[other];`);
const SHARED = `
var<workgroup> sharedSums: array<T, ${WORKGROUP_SIZE}>;
var<workgroup> sharedProducts: array<T, ${WORKGROUP_SIZE}>;`;

/** Of each channel: mean, rsqrt, factor and offset, as normalising has them. */
const NORMALIZED = `
struct Channel { mean: T, rsqrt: T, factor: T, offset: T }
fn normalized(x: T, c: Channel) -> T { return (x - c.mean) * c.rsqrt; }
fn shifted(x: T, c: Channel) -> T { return (x - c.mean) * c.factor + c.offset; }`;

/** `windowGrad`: which pixel of a window gets dy, 4 for none, and dy itself. */
const WINDOW_GRAD = `${WINDOW_WGSL}
alias Places = ${"${places}"};
fn greatest(x: array<T, 4>, c: Channel) -> Places {
  var most = shifted(x[0], c);
  var place = Places(0u);
  for (var i = 1u; i < 4u; i++) {
    let z = shifted(x[i], c);
    place = select(place, Places(i), z > most);
    most = max(most, z);
  }
  return select(Places(4u), place, most > T(0.0));
}`;

function windowGrad(width: 1 | 4): string {
  return WINDOW_GRAD.replace("${places}", width === 4 ? "vec4u" : "u32");
}

const READ_WINDOW = `
      let pixel = firstPixel(row, u.pixelsInRow);
      let below = pixel + u.pixelsInRow;
      let window = array<T, 4>(
        x[pixel * u.groups + g], x[(pixel + 1u) * u.groups + g],
        x[below * u.groups + g], x[(below + 1u) * u.groups + g]);
      let place = greatest(window, channel);`;

function partSums(width: 1 | 4, tail: BatchNormTail, parameters: BatchNormParameters): GpuProgram {
  const given = parametersGiven(parameters).length;
  const wgsl = () => `
struct Uniforms { rows: u32, groups: u32, chunk: u32, columns: u32, pixelsInRow: u32, epsilon: f32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> mean: array<T>;
@group(0) @binding(3) var<storage, read> variance: array<T>;
@group(0) @binding(4) var<storage, read_write> parts: array<T>;
${parameterBindings(parameters, 5)}
@group(0) @binding(${5 + given}) var<uniform> u: Uniforms;
${SHARED}
${NORMALIZED}
${tail === "relu-pool" ? windowGrad(width) : activationFunctions(tail)}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(${BUILTINS}) {
  ${PART_PLACES}
  var sum = T(0.0);
  var product = T(0.0);
  if (g < u.groups) {
    let rsqrt = inverseSqrt(variance[g] + u.epsilon);
    let channel = Channel(mean[g], rsqrt, scaleOf(g) * rsqrt, offsetOf(g));
    for (; row < end; row += rowLanes) {
      let given = dy[row * u.groups + g];
${
  tail === "relu-pool"
    ? `${READ_WINDOW}
      for (var i = 0u; i < 4u; i++) {
        let slope = select(T(0.0), given, place == Places(i));
        sum += slope;
        product += slope * normalized(window[i], channel);
      }`
    : `
      let value = x[row * u.groups + g];
      let slope = activationGrad(given, shifted(value, channel));
      sum += slope;
      product += slope * normalized(value, channel);`
}
    }
  }
  sharedSums[lane] = sum;
  sharedProducts[lane] = product;
  ${MERGE}
  if (first == 0u && g < u.groups) {
    parts[2u * group.y * u.groups + g] = sharedSums[lane];
    parts[(2u * group.y + 1u) * u.groups + g] = sharedProducts[lane];
  }
}`;
  const key = `batch norm's gradient, parts' sums ${tail} ${width} ${variantOf(parameters)}`;
  return { key, wgsl };
}

/** `coefficients`, [6, C], are all that dx needs: mean, rsqrt, factor, offset, doffset / n, dscale / n. */
function gatherSums(width: 1 | 4, parameters: BatchNormParameters): GpuProgram {
  const wgsl = () => `
struct Uniforms { groups: u32, columns: u32, parts: u32, epsilon: f32, count: f32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> parts: array<T>;
@group(0) @binding(1) var<storage, read> mean: array<T>;
@group(0) @binding(2) var<storage, read> variance: array<T>;
@group(0) @binding(3) var<storage, read_write> dscale: array<T>;
@group(0) @binding(4) var<storage, read_write> doffset: array<T>;
@group(0) @binding(5) var<storage, read_write> coefficients: array<T>;
${parameterBindings(parameters, 6)}
@group(0) @binding(${6 + parametersGiven(parameters).length}) var<uniform> u: Uniforms;
${SHARED}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(${BUILTINS}) {
  ${GATHER_PLACES}
  var sum = T(0.0);
  var product = T(0.0);
  if (g < u.groups) {
    for (var part = first; part < u.parts; part += rowLanes) {
      sum += parts[2u * part * u.groups + g];
      product += parts[(2u * part + 1u) * u.groups + g];
    }
  }
  sharedSums[lane] = sum;
  sharedProducts[lane] = product;
  ${MERGE}
  if (first == 0u && g < u.groups) {
    let rsqrt = inverseSqrt(variance[g] + u.epsilon);
    doffset[g] = sharedSums[lane];
    dscale[g] = sharedProducts[lane];
    coefficients[g] = mean[g];
    coefficients[u.groups + g] = rsqrt;
    coefficients[2u * u.groups + g] = scaleOf(g) * rsqrt;
    coefficients[3u * u.groups + g] = offsetOf(g);
    coefficients[4u * u.groups + g] = sharedSums[lane] / u.count;
    coefficients[5u * u.groups + g] = sharedProducts[lane] / u.count;
  }
}`;
  return { key: `batch norm's gradient, sums ${width} ${variantOf(parameters)}`, wgsl };
}

function inputGrad(width: 1 | 4, tail: BatchNormTail): GpuProgram {
  const wgsl = () => `
struct Uniforms { groups: u32, pixelsInRow: u32 }
${elementType(width)}
@group(0) @binding(0) var<storage, read> dy: array<T>;
@group(0) @binding(1) var<storage, read> x: array<T>;
@group(0) @binding(2) var<storage, read> coefficients: array<T>;
@group(0) @binding(3) var<storage, read_write> dx: array<T>;
@group(0) @binding(4) var<uniform> u: Uniforms;
${NORMALIZED}
${tail === "relu-pool" ? windowGrad(width) : activationFunctions(tail)}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(${BUILTINS}, @builtin(num_workgroups) groups: vec3u) {
  let i = (group.x + group.y * groups.x) * ${WORKGROUP_SIZE}u + lane;
  if (i >= arrayLength(&dy)) { return; }
  let g = i % u.groups;
  let row = i / u.groups;
  let channel = Channel(
    coefficients[g], coefficients[u.groups + g], coefficients[2u * u.groups + g], coefficients[3u * u.groups + g]);
  let meanGrad = coefficients[4u * u.groups + g];
  let meanProduct = coefficients[5u * u.groups + g];
  let given = dy[i];
${
  tail === "relu-pool"
    ? `${READ_WINDOW}
  for (var k = 0u; k < 4u; k++) {
    let slope = select(T(0.0), given, place == Places(k));
    let at = (pixel + k % 2u + k / 2u * u.pixelsInRow) * u.groups + g;
    dx[at] = channel.factor * (slope - meanGrad - normalized(window[k], channel) * meanProduct);
  }`
    : `
  _ = u.pixelsInRow;
  let slope = activationGrad(given, shifted(x[i], channel));
  dx[i] = channel.factor * (slope - meanGrad - normalized(x[i], channel) * meanProduct);`
}
}`;
  return { key: `batch norm's gradient, ${tail} ${width}`, wgsl };
}

function run(
  backend: WebgpuBackend,
  { dy, x, mean, variance, ...parameters }: names.BatchNormTrainingGradInputs<TensorInfo>,
  { epsilon, tail }: { readonly epsilon: number; readonly tail: BatchNormTail },
): TensorInfo[] {
  const columns = columnsOf(dy);
  const { width, groups, rows, chunk, parts: partCount } = columns;
  const channels = groups * width;
  const pixelsInRow = x.shape.at(-2) ?? 1;
  const given = parametersGiven(parameters);
  const [dscale, doffset] = [backend.output([channels]), backend.output([channels])];
  const parts = backend.scratch(2 * partCount * channels * 4);
  const coefficients = backend.scratch(6 * channels * 4);
  backend.dispatch(partSums(width, tail, parameters), {
    buffers: [dy, x, mean, variance, parts, ...given],
    uniforms: { ints: [rows, groups, chunk, columns.columns, pixelsInRow], floats: [epsilon] },
    workgroups: partWorkgroups(columns),
  });
  backend.dispatch(gatherSums(width, parameters), {
    buffers: [parts, mean, variance, dscale, doffset, coefficients, ...given],
    uniforms: {
      ints: [groups, GATHER_COLUMNS, partCount],
      floats: [epsilon, util.sizeFromShape(x.shape) / channels],
    },
    workgroups: gatherWorkgroups(columns),
  });
  backend.releaseScratch(parts);
  const dx = backend.output(x.shape);
  backend.dispatch(inputGrad(width, tail), {
    buffers: [dy, x, coefficients, dx],
    uniforms: { ints: [groups, pixelsInRow] },
    workgroups: spreadWorkgroups(Math.ceil(util.sizeFromShape(dy.shape) / width / WORKGROUP_SIZE)),
  });
  backend.releaseScratch(coefficients);
  return [dx, dscale, doffset];
}

export const batchNormTrainingGrad = defineKernel<
  names.BatchNormTrainingGradInputs<TensorInfo>,
  names.BatchNormTrainingGradAttrs
>(names.BatchNormTrainingGrad, ({ inputs, attrs: { epsilon, activation }, backend }) =>
  run(backend, inputs, { epsilon, tail: activation }),
);

export const batchNormReluMaxPoolGrad = defineKernel<
  names.BatchNormReluMaxPoolGradInputs<TensorInfo>,
  names.BatchNormReluMaxPoolGradAttrs
>(names.BatchNormReluMaxPoolGrad, ({ inputs, attrs: { epsilon }, backend }) =>
  run(backend, inputs, { epsilon, tail: "relu-pool" }),
);
