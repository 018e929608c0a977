/**
 * The sums of a tile in fragments of matrix units: each subgroup takes a share of the tile and multiplies fragments of the slices.
 * No thread knows which sums it holds, so that in the end they pass through shared memory, a fragment of each subgroup at a time.
 */
import type { GemmForm, Sums } from "./gemm-program.js";
import type { FragmentSource, MatrixUnits } from "./matrix-units.js";
import type { Operand } from "./operands.js";
import { range } from "./range.js";
import { type Slice, sliceOf } from "./slices.js";
import type { GemmTile } from "./tile.js";

/** vec4s of float16 between rows: 16 bytes, to multiples of which rows of fragments have to be aligned. */
const GAP = 2;

/** How many fragments a subgroup's share holds, down and across. */
interface Share {
  readonly down: number;
  readonly across: number;
}

export function fragmentSums(form: GemmForm, tile: GemmTile, units: MatrixUnits): Sums {
  const { a, b } = form;
  const across = tile.n / tile.shareN;
  const subgroups = (tile.m / tile.shareM) * across;
  const threads = subgroups * units.subgroupSize;
  const share = { down: tile.shareM / units.m, across: tile.shareN / units.n };
  const shape = (outer: number) => ({ outer, depth: tile.k, gap: GAP, threads });
  const slices = { a: sliceOf(a, "a", shape(tile.m)), b: sliceOf(b, "b", shape(tile.n)) };
  const sources = {
    a: { stride: slices.a.stride, isTransposed: !a.isAlongK },
    b: { stride: slices.b.stride, isTransposed: b.isAlongK },
  };
  return {
    threads,
    slices,
    enables: units.enables,
    attributes: units.attributes,
    parameters: units.parameters,
    declarations: `
var<workgroup> staged: array<vec4f, ${(subgroups * units.m * units.n) / 4}>;
${units.declarations(sources.a, sources.b)}`,
    setUp: `
  ${units.setUp}
  let mShare = subgroup / ${across} * ${tile.shareM};
  let nShare = subgroup % ${across} * ${tile.shareN};
  ${eachSum(share, (i, j) => `var sum${i}_${j} = ${units.sumType}();`)}`,
    multiply: multiplySlice({ form, tile, units }, share, sources),
    write: writeSums({ form, tile, units }, share),
  };
}

interface Product {
  readonly form: GemmForm;
  readonly tile: GemmTile;
  readonly units: MatrixUnits;
}

function multiplySlice(
  { form: { a, b }, tile, units }: Product,
  share: Share,
  sources: { readonly a: FragmentSource; readonly b: FragmentSource },
): string {
  const offset = (operand: Operand, { stride }: Pick<Slice, "stride">, outer: string) =>
    operand.isAlongK ? `(${outer}) * ${stride} + kk / 4` : `kk * ${stride} + (${outer}) / 4`;
  const loadA = (i: number) => units.loadA(sources.a, offset(a, sources.a, `mShare + ${i * units.m}`));
  const loadB = (j: number) => units.loadB(sources.b, offset(b, sources.b, `nShare + ${j * units.n}`));
  return `
      for (var kk = 0; kk < ${tile.k}; kk += ${units.k}) {
        ${range(share.down)
          .map((i) => `let a${i} = ${loadA(i)};`)
          .join("\n        ")}
        ${range(share.across)
          .map((j) => `let b${j} = ${loadB(j)};`)
          .join("\n        ")}
        ${eachSum(share, (i, j) => units.multiply(`sum${i}_${j}`, `a${i}`, `b${j}`))}
      }`;
}

function writeSums({ form, units }: Product, share: Share): string {
  const { b, outputRow } = form;
  const vec4s = (units.m * units.n) / 4;
  const isVec4Out = !b.isAlongK && b.isVec4;
  const elements = isVec4Out ? vec4s : vec4s * 4;
  const perRow = isVec4Out ? units.n / 4 : units.n;
  const cases = range(share.down * share.across).map(
    (f) =>
      `case ${f}: { ${units.store(`sum${Math.floor(f / share.across)}_${f % share.across}`, `subgroup * ${vec4s}`)} }`,
  );
  // Not max, which may take the other number where one is not a number.
  const write = isVec4Out
    ? `var value = staged[subgroup * ${vec4s} + e];
        if (u.hasBias != 0) { value += vec4f(bias[n], bias[n + 1], bias[n + 2], bias[n + 3]); }
        if (u.isRelu != 0) { value = select(value, vec4f(), value < vec4f()); }
        c[(at + n) >> 2u] = value;`
    : `var value = staged[subgroup * ${vec4s} + e / 4][e % 4];
        if (u.hasBias != 0) { value += bias[n]; }
        if (u.isRelu != 0) { value = select(value, 0.0, value < 0.0); }
        c[at + n] = value;`;
  return `
  for (var fragment = 0; fragment < ${cases.length}; fragment++) {
    switch (fragment) { ${cases.join("\n      ")} default {} }
    workgroupBarrier();
    for (var e = lane; e < ${elements}; e += ${units.subgroupSize}) {
      let m = m0 + mShare + fragment / ${share.across} * ${units.m} + e / ${perRow};
      let n = n0 + nShare + fragment % ${share.across} * ${units.n} + e % ${perRow}${isVec4Out ? " * 4" : ""};
      if (m < M && n < N) {
        let at = split * u.outputSize + (${outputRow}) * N;
        ${write}
      }
    }
    workgroupBarrier();
  }`;
}

function eachSum({ down, across }: Share, write: (i: number, j: number) => string): string {
  return range(down)
    .flatMap((i) => range(across).map((j) => write(i, j)))
    .join("\n        ");
}
