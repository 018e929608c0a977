/**
 * Products of matrices in WGSL: C = A · B, or a part of each sum where several workgroups share them. A workgroup takes a tile of
 * C, holds its sums in registers, of threads or of matrix units, and walks along k by slices that its threads load into shared
 * memory together, the next slice being fetched while they compute with the one before. After V. Volkov and J. Demmel 2008, "Benchmarking GPUs to tune
 * dense linear algebra", https://doi.org/10.1109/SC.2008.5214359
 */
import type { GpuProgram } from "../program.js";
import { fragmentSums } from "./fragment-sums.js";
import type { MatrixUnits } from "./matrix-units.js";
import type { Operand } from "./operands.js";
import type { Slice } from "./slices.js";
import { threadSums } from "./thread-sums.js";
import { type GemmTile, nameOfTile } from "./tile.js";

/** What operands are rounded to in shared memory; sums are float32 in any case. */
export type Precision = "f32" | "f16";

export interface GemmForm {
  readonly name: string;
  readonly a: Operand;
  readonly b: Operand;
  /** Integers that each call brings, names in WGSL: M, N, K and what the operands expect, but for what `define` defines. */
  readonly uniforms: readonly string[];
  /** WGSL that makes of the workgroup's `z` which `split` of the sums it takes. */
  readonly define: string;
  /** WGSL: C's row for row `m` of the product. */
  readonly outputRow: string;
}

/** The sums of a tile: who holds them, how a slice is multiplied, where they go in the end. All in WGSL. */
export interface Sums {
  /** Of a workgroup. */
  readonly threads: number;
  readonly slices: { readonly a: Slice; readonly b: Slice };
  /** Directives, declarations beside those of the program, attributes and further parameters of `main`. */
  readonly enables?: string;
  readonly declarations?: string;
  readonly attributes?: string;
  readonly parameters?: string;
  readonly setUp: string;
  readonly multiply: string;
  readonly write: string;
}

export interface GemmWay {
  readonly tile: GemmTile;
  readonly precision: Precision;
  /** Without them threads compute. They take float16. */
  readonly matrixUnits?: MatrixUnits | undefined;
}

/** Those of each form come behind these. */
const COMMON_UNIFORMS = [
  "termsPerSplit",
  "tilesN",
  /** Elements of C, from part to part of its sums. */
  "outputSize",
  "hasBias",
  "isRelu",
] as const;

/** Greater numbers than float16 has become its greatest; what is infinite or not a number stays so. */
const ROUND = {
  f32: "fn rounded(value: vec4f) -> vec4f { return value; }",
  f16: `fn rounded(value: vec4f) -> Vec4 {
  let size = abs(value);
  return Vec4(select(value, sign(value) * 65504.0, (size > vec4f(65504.0)) & (size < vec4f(3.4e38))));
}`,
} as const;

export function gemmProgram(form: GemmForm, way: GemmWay): GpuProgram {
  const { name, a, b } = form;
  const { tile, precision, matrixUnits } = way;
  const units = matrixUnits === undefined ? "" : ` ${matrixUnits.name}`;
  const key = `gemm ${name} ${a.name} ${b.name} ${nameOfTile(tile)} ${precision}${units}`;
  return { key, wgsl: () => wgslOf(form, way) };
}

function wgslOf(form: GemmForm, { tile, precision, matrixUnits }: GemmWay): string {
  const { a, b } = form;
  const sums = matrixUnits === undefined ? threadSums(form, tile) : fragmentSums(form, tile, matrixUnits);
  const { slices } = sums;
  return `
${precision === "f16" ? "enable f16;" : ""}
${sums.enables ?? ""}
struct Uniforms { ${[...COMMON_UNIFORMS, ...form.uniforms].map((field) => `${field}: i32`).join(", ")} }
@group(0) @binding(0) var<storage, read> a: array<${a.isVec4 ? "vec4f" : "f32"}>;
@group(0) @binding(1) var<storage, read> b: array<${b.isVec4 ? "vec4f" : "f32"}>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<${!b.isAlongK && b.isVec4 ? "vec4f" : "f32"}>;
@group(0) @binding(4) var<uniform> u: Uniforms;

alias Vec4 = vec4<${precision}>;
${ROUND[precision]}
const OUTSIDE = -0x40000000;
var<workgroup> aTile: array<Vec4, ${slices.a.vec4s}>;
var<workgroup> bTile: array<Vec4, ${slices.b.vec4s}>;
${sums.declarations ?? ""}

@compute @workgroup_size(${sums.threads}) ${sums.attributes ?? ""}
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) index: u32${sums.parameters ?? ""}) {
  let t = i32(index);
  let z = i32(group.z);
  ${form.uniforms.map((name) => `let ${name} = u.${name};`).join(" ")}
  ${form.define}
  let tile = i32(group.x + group.y * groups.x);
  let m0 = tile / u.tilesN * ${tile.m};
  let n0 = tile % u.tilesN * ${tile.n};
  if (m0 >= M) { return; }
  let kStart = split * u.termsPerSplit;
  let kEnd = min(K, kStart + u.termsPerSplit);
  ${slices.a.setUp}
  ${slices.b.setUp}
  ${sums.setUp}

  for (var kNow = kStart; ; kNow += ${tile.k}) {
    let hasMore = kNow < kEnd;
    ${slices.a.registers}
    ${slices.b.registers}
    if (hasMore) {
      ${slices.a.loads}
      ${slices.b.loads}
      ${slices.a.advance}
      ${slices.b.advance}
    }
    if (kNow > kStart) {
      ${sums.multiply}
    }
    if (!hasMore) { break; }
    workgroupBarrier();
    ${slices.a.stores}
    ${slices.b.stores}
    workgroupBarrier();
  }
  ${sums.write}
}`;
}
