/**
 * Products of matrices in WGSL: C = A · B, or a part of each sum where several workgroups share them. A workgroup takes a tile of
 * C, its threads hold their sums in registers and walk along k by slices that they load into shared memory together, the next
 * slice being fetched while they compute with the one before. After V. Volkov and J. Demmel 2008, "Benchmarking GPUs to tune
 * dense linear algebra", https://doi.org/10.1109/SC.2008.5214359
 */
import type { GpuProgram } from "../program.js";
import type { Lanes, Operand } from "./operands.js";
import type { GemmTile } from "./tile.js";

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

const COMPONENTS = ["x", "y", "z", "w"] as const;

export function gemmProgram(form: GemmForm, tile: GemmTile, precision: Precision): GpuProgram {
  const { name, a, b } = form;
  const shape = `${tile.m}x${tile.n}x${tile.k}/${tile.threadM}x${tile.threadN}`;
  const key = `gemm ${name} ${a.name} ${b.name} ${shape} ${precision}`;
  return { key, wgsl: () => wgslOf(form, tile, precision) };
}

function threadsOf({ m, n, threadM, threadN }: GemmTile): number {
  return (m / threadM) * (n / threadN);
}

function wgslOf(form: GemmForm, tile: GemmTile, precision: Precision): string {
  const { a, b } = form;
  const threads = threadsOf(tile);
  const across = tile.n / tile.threadN;
  const down = tile.m / tile.threadM;
  const [aLanes, bLanes] = [lanesOf(a, tile.m, tile), lanesOf(b, tile.n, tile)];
  const [aTile, bTile] = [sharedTile(a, tile.m, tile), sharedTile(b, tile.n, tile)];
  const isVec4Out = !b.isAlongK && b.isVec4;
  return `
${precision === "f16" ? "enable f16;" : ""}
struct Uniforms { ${[...COMMON_UNIFORMS, ...form.uniforms].map((field) => `${field}: i32`).join(", ")} }
@group(0) @binding(0) var<storage, read> a: array<${a.isVec4 ? "vec4f" : "f32"}>;
@group(0) @binding(1) var<storage, read> b: array<${b.isVec4 ? "vec4f" : "f32"}>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<${isVec4Out ? "vec4f" : "f32"}>;
@group(0) @binding(4) var<uniform> u: Uniforms;

alias Vec4 = vec4<${precision}>;
${ROUND[precision]}
const OUTSIDE = -0x40000000;
var<workgroup> aTile: array<Vec4, ${aTile.vec4s}>;
var<workgroup> bTile: array<Vec4, ${bTile.vec4s}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) index: u32) {
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
  let across = t % ${across};
  let down = t / ${across};
  ${a.setUp(aLanes)}
  ${b.setUp(bLanes)}
  ${eachSum(tile, (i, j) => `var sum${i}_${j} = vec4f();`)}

  for (var kNow = kStart; ; kNow += ${tile.k}) {
    let hasMore = kNow < kEnd;
    ${registers("a", aLanes)}
    ${registers("b", bLanes)}
    if (hasMore) {
      ${loads(a, "a", aLanes)}
      ${loads(b, "b", bLanes)}
      ${a.advance(aLanes)}
      ${b.advance(bLanes)}
    }
    if (kNow > kStart) {
      for (var k4 = 0; k4 < ${tile.k / 4}; k4++) {
        ${products(a, tile, [fetchA(a, tile, aTile.stride, down), fetchB(b, tile, bTile.stride, across)])}
      }
    }
    if (!hasMore) { break; }
    workgroupBarrier();
    ${stores(a, "a", aLanes, aTile.stride)}
    ${stores(b, "b", bLanes, bTile.stride)}
    workgroupBarrier();
  }
  ${writeSums(form, tile, { across, down, isVec4Out })}
}`;
}

/** Which vec4s of a slice each thread loads: neighbours in memory by neighbours among the threads. */
function lanesOf(operand: Operand, outer: number, tile: GemmTile): Lanes {
  const threads = threadsOf(tile);
  const perRow = (operand.isAlongK ? tile.k : outer) / 4;
  const rows = operand.isAlongK ? outer : tile.k;
  const rowsAtOnce = threads / perRow;
  return {
    units: rows / rowsAtOnce,
    lane: `(t % ${perRow} * 4)`,
    row: (unit) => `(t / ${perRow} + ${unit * rowsAtOnce})`,
    depth: tile.k,
  };
}

/**
 * A slice lies in shared memory as it does in the tensor. Of one along k, neighbouring threads read neighbouring rows at the same
 * k at once: a vec4 between the rows keeps those in different banks.
 */
function sharedTile(operand: Operand, outer: number, tile: GemmTile): { stride: number; vec4s: number } {
  if (!operand.isAlongK) return { stride: outer / 4, vec4s: (outer / 4) * tile.k };
  const stride = tile.k / 4 + 1;
  return { stride, vec4s: stride * outer };
}

function registers(side: string, { units }: Lanes): string {
  return range(units)
    .map((unit) => `var ${side}Next${unit} = vec4f();`)
    .join(" ");
}

function loads(operand: Operand, side: string, lanes: Lanes): string {
  return range(lanes.units)
    .map((unit) => `{ var value = vec4f(); ${operand.load(lanes, unit)} ${side}Next${unit} = value; }`)
    .join("\n      ");
}

function stores(operand: Operand, side: string, { units, lane, row }: Lanes, stride: number): string {
  return range(units)
    .map((unit) => `${side}Tile[${row(unit)} * ${stride} + (${lane} >> 2u)] = rounded(${side}Next${unit});`)
    .join("\n    ");
}

/** WGSL for the place within the tile of a thread's element `i` along a side that so many threads share, `thread` among them. */
function placeOf(operand: Operand, i: number, threads: number, thread: string): string {
  if (operand.isAlongK) return `${i * threads} + ${thread}`;
  return `(${Math.floor(i / 4) * threads} + ${thread}) * 4 + ${i % 4}`;
}

/** What a thread reads of a slice: four k at once where they lie together, else one after the other, in as few registers. */
interface Fetch {
  readonly ahead: string;
  readonly at: (kk: number) => string;
}

/** `a{i}`: the thread's row i, at k4 · 4 + kk in component kk, or `aRows{i / 4}` in component i % 4. */
function fetchA(a: Operand, { threadM }: GemmTile, stride: number, down: number): Fetch {
  if (a.isAlongK) {
    const rows = range(threadM).map(
      (i) => `let a${i} = vec4f(aTile[(${placeOf(a, i, down, "down")}) * ${stride} + k4]);`,
    );
    return { ahead: rows.join("\n        "), at: () => "" };
  }
  return {
    ahead: "",
    at: (kk) =>
      range(threadM / 4)
        .map((i) => `let aRows${i} = vec4f(aTile[(k4 * 4 + ${kk}) * ${stride} + ${i * down} + down]);`)
        .join(" "),
  };
}

function elementOfA(a: Operand, i: number, kk: number): string {
  return a.isAlongK ? `a${i}.${COMPONENTS[kk]}` : `aRows${Math.floor(i / 4)}.${COMPONENTS[i % 4]}`;
}

/** `b{j}`: four of the thread's columns at k4 · 4 + kk. */
function fetchB(b: Operand, { threadN }: GemmTile, stride: number, across: number): Fetch {
  const fours = range(threadN / 4);
  if (!b.isAlongK) {
    return {
      ahead: "",
      at: (kk) =>
        fours
          .map((j) => `let b${j} = vec4f(bTile[(k4 * 4 + ${kk}) * ${stride} + ${j * across} + across]);`)
          .join(" "),
    };
  }
  const columns = range(threadN).map(
    (i) => `let bColumn${i} = vec4f(bTile[(${placeOf(b, i, across, "across")}) * ${stride} + k4]);`,
  );
  return {
    ahead: columns.join("\n        "),
    at: (kk) =>
      fours
        .map((j) => {
          const elements = range(4).map((e) => `bColumn${j * 4 + e}.${COMPONENTS[kk]}`);
          return `let b${j} = vec4f(${elements.join(", ")});`;
        })
        .join(" "),
  };
}

function products(a: Operand, tile: GemmTile, [fetchOfA, fetchOfB]: readonly [Fetch, Fetch]): string {
  const at = (kk: number) => `{
        ${fetchOfA.at(kk)}
        ${fetchOfB.at(kk)}
        ${eachSum(tile, (i, j) => `sum${i}_${j} = fma(vec4f(${elementOfA(a, i, kk)}), b${j}, sum${i}_${j});`)}
        }`;
  return [fetchOfA.ahead, fetchOfB.ahead, ...range(4).map(at)].join("\n        ");
}

function writeSums(
  { a, b, outputRow }: GemmForm,
  tile: GemmTile,
  { across, down, isVec4Out }: { across: number; down: number; isVec4Out: boolean },
): string {
  const fours = range(tile.threadN / 4);
  const column = (j: number, e: number) => `n0 + ${placeOf(b, j * 4 + e, across, "across")}`;
  const write = (j: number) =>
    isVec4Out
      ? `if (n${j}_0 < N) { c[(at + n${j}_0) >> 2u] = value; }`
      : range(4)
          .map((e) => `if (n${j}_${e} < N) { c[at + n${j}_${e}] = value.${COMPONENTS[e]}; }`)
          .join(" ");
  return `
  ${fours.flatMap((j) => range(4).map((e) => `let n${j}_${e} = ${column(j, e)};`)).join("\n  ")}
  ${fours.map((j) => `var bias${j} = vec4f();`).join(" ")}
  if (u.hasBias != 0) {
    ${fours
      .map(
        (j) =>
          `bias${j} = vec4f(${range(4)
            .map((e) => `bias[n${j}_${e}]`)
            .join(", ")});`,
      )
      .join("\n    ")}
  }
  // Below: not max, which may take the other number where one is not a number.
  ${range(tile.threadM)
    .map(
      (i) => `{
    let m = m0 + ${placeOf(a, i, down, "down")};
    if (m < M) {
      let at = split * u.outputSize + (${outputRow}) * N;
      ${fours
        .map(
          (j) =>
            `{ var value = sum${i}_${j} + bias${j}; if (u.isRelu != 0) { value = select(value, vec4f(), value < vec4f()); } ${write(j)} }`,
        )
        .join("\n      ")}
    }
  }`,
    )
    .join("\n  ")}`;
}

function eachSum({ threadM, threadN }: GemmTile, write: (i: number, j: number) => string): string {
  return range(threadM)
    .flatMap((i) => range(threadN / 4).map((j) => write(i, j)))
    .join("\n        ");
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
