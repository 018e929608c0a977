/**
 * Updates of optimizers and moving averages: one pass over a variable each, or over several variables at once, as many as
 * the GPU lets a program have buffers, in the place of what they hold.
 */
import * as names from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { defineKernel, type GpuKernel } from "../kernel.js";
import { type GpuProgram, spreadWorkgroups } from "../program.js";
import { elementType, WORKGROUP_SIZE } from "./channel-columns.js";
import { widthOf } from "./elementwise.js";
import { UPDATE_RULES, type UpdateRule } from "./update-rules.js";

/** Variables in one program: more of them make its uniforms long and its branches deep for little. */
const MOST_AT_ONCE = 8;

interface OneStep {
  /** What is changed, then what is read. */
  readonly tensors: readonly TensorInfo[];
  readonly numbers: Readonly<Record<string, number>>;
}

interface ProgramOptions {
  /** How many variables it updates. */
  readonly count: number;
  readonly width: 1 | 4;
  /** Whether what is changed is written over, rather than into buffers behind all others. */
  readonly isInPlace: boolean;
  /** Names of the numbers of each step. */
  readonly numbers: readonly string[];
}

/** Workgroups are dealt out to the variables in turn: those before `end0` to the first. */
function updateProgram(rule: UpdateRule, options: ProgramOptions): GpuProgram {
  const { count, width, isInPlace } = options;
  return { key: `${rule.name} ${count} ${width} ${isInPlace}`, wgsl: () => updateWgsl(rule, options) };
}

function updateWgsl(rule: UpdateRule, { count, width, isInPlace, numbers }: ProgramOptions): string {
  const places = Array.from({ length: count }, (_, k) => k);
  const inputs = [...rule.changed, ...rule.read];
  const isWritten = (name: string) => isInPlace && rule.changed.includes(name);
  const bindings = places
    .flatMap((k) => [
      ...inputs.map((name) => ({ name: `${name}${k}`, access: isWritten(name) ? "read_write" : "read" })),
      ...(isInPlace ? [] : rule.changed.map((name) => ({ name: `new_${name}${k}`, access: "read_write" }))),
    ])
    .map(
      ({ name, access }, place) => `@group(0) @binding(${place}) var<storage, ${access}> ${name}: array<T>;`,
    );
  const target = (name: string, k: number) => (isInPlace ? `${name}${k}` : `new_${name}${k}`);
  const stepOf = (k: number) => `
fn step${k}(i: u32) {
  if (i >= arrayLength(&${inputs[0]}${k})) { return; }
  let a = Numbers(${numbers.map((name) => `u.${name}${k}`).join(", ")});
  ${inputs.map((name) => `let ${name} = ${name}${k}[i];`).join("\n  ")}
  ${rule.changed.map((name) => `var new_${name}: T;`).join("\n  ")}
  ${rule.wgsl}
  ${rule.changed.map((name) => `${target(name, k)}[i] = new_${name};`).join("\n  ")}
}`;
  return `
${elementType(width)}
struct Numbers { ${numbers.map((name) => `${name}: f32`).join(", ")} }
struct Uniforms {
  ${places.map((k) => `end${k}: u32`).join(", ")},
  ${places.flatMap((k) => numbers.map((name) => `${name}${k}: f32`)).join(", ")}
}
${bindings.join("\n")}
@group(0) @binding(${bindings.length}) var<uniform> u: Uniforms;
${places.map(stepOf).join("\n")}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = group.x + group.y * groups.x;
  ${places
    .map(
      (k) =>
        `if (at < u.end${k}) { step${k}((at - ${k === 0 ? "0u" : `u.end${k - 1}`}) * ${WORKGROUP_SIZE}u + lane); return; }`,
    )
    .join("\n  ")}
}`;
}

/** @param buffers of each step what is changed, what is read and, if that is not in place, what becomes of what is changed. */
function runSteps(
  backend: WebgpuBackend,
  rule: UpdateRule,
  {
    steps,
    buffers,
    isInPlace,
  }: {
    readonly steps: readonly OneStep[];
    readonly buffers: readonly (TensorInfo | GPUBuffer)[];
    readonly isInPlace: boolean;
  },
): void {
  const width = widthOf(steps[0]!.tensors[0]!);
  let end = 0;
  const ends = steps.map(({ tensors }) => {
    end += Math.ceil(util.sizeFromShape(tensors[0]!.shape) / width / WORKGROUP_SIZE);
    return end;
  });
  const numbers = Object.keys(steps[0]!.numbers);
  backend.dispatch(updateProgram(rule, { count: steps.length, width, isInPlace, numbers }), {
    buffers,
    uniforms: {
      ints: ends,
      floats: steps.flatMap((step) => numbers.map((name) => step.numbers[name]!)),
      isVolatile: true,
    },
    workgroups: spreadWorkgroups(end),
  });
}

/** The kernel of one update, which leaves its inputs as they are. */
function updateKernel(rule: UpdateRule): GpuKernel {
  return defineKernel<Record<string, TensorInfo>, never>(rule.name, ({ inputs, attrs, backend }) => {
    const tensors = [...rule.changed, ...rule.read].map((name) => inputs[name]!);
    const outputs = rule.changed.map(() => backend.output(tensors[0]!.shape));
    const steps = [{ tensors, numbers: rule.numbers(attrs) }];
    runSteps(backend, rule, { steps, buffers: [...tensors, ...outputs], isInPlace: false });
    return outputs;
  });
}

export const sgdUpdate = updateKernel(UPDATE_RULES.SgdUpdate);
export const adamWUpdate = updateKernel(UPDATE_RULES.AdamWUpdate);
export const rmsPropUpdate = updateKernel(UPDATE_RULES.RmsPropUpdate);
export const lionUpdate = updateKernel(UPDATE_RULES.LionUpdate);
export const moveTowards = updateKernel(UPDATE_RULES.MoveTowards);

export const updateVariables = defineKernel<
  names.UpdateVariablesInputs<TensorInfo>,
  names.UpdateVariablesAttrs
>(names.UpdateVariables, ({ inputs, attrs: { update, steps }, backend }) => {
  const rule = UPDATE_RULES[update];
  const inputCount = rule.changed.length + rule.read.length;
  const all: OneStep[] = steps.map((attrs, k) => ({
    tensors: inputs.slice(k * inputCount, (k + 1) * inputCount),
    numbers: rule.numbers(attrs as never),
  }));
  const { maxStorageBuffersPerShaderStage } = backend.device.limits;
  const atOnce = Math.min(Math.floor(maxStorageBuffersPerShaderStage / inputCount), MOST_AT_ONCE);
  for (const width of [4, 1]) {
    const ofWidth = all.filter(({ tensors }) => widthOf(tensors[0]!) === width);
    for (let first = 0; first < ofWidth.length; first += atOnce) {
      const some = ofWidth.slice(first, first + atOnce);
      const buffers = some.flatMap(({ tensors }) =>
        tensors.map((tensor, i) => (i < rule.changed.length ? backend.ownBufferOf(tensor) : tensor)),
      );
      runSteps(backend, rule, { steps: some, buffers, isInPlace: true });
    }
  }
  return [];
});
