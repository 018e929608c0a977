/**
 * Matrix units in plain WGSL, for devices without them: what `fragment-sums` writes around the fragments is then tested there. A
 * fragment of an operand is its place in shared memory, one of sums the vec4s that its threads hold.
 */
import type { FragmentSource, MatrixUnits } from "../src/gemm/matrix-units.js";

interface UnitsShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly subgroupSize: number;
}

export function emulatedUnits({ m, n, k, subgroupSize }: UnitsShape): MatrixUnits {
  const perThread = (m * n) / 4 / subgroupSize;
  const element = (
    tile: string,
    { stride, isTransposed }: FragmentSource,
    [row, column]: [string, string],
  ) => {
    const [outer, inner] = isTransposed ? [column, row] : [row, column];
    return `f32(${tile}[offset${tile} + (${outer}) * ${stride} + (${inner}) / 4][(${inner}) % 4])`;
  };
  return {
    ...{ m, n, k, subgroupSize },
    name: `emulated ${m}x${n}x${k} of ${subgroupSize}`,
    enables: "",
    attributes: "",
    parameters: "",
    setUp: `let subgroup = t / ${subgroupSize}; let lane = t % ${subgroupSize};`,
    declarations: (a, b) => `
alias Fragment = array<vec4f, ${perThread}>;
fn multiplied(sum: Fragment, lane: i32, offsetaTile: i32, offsetbTile: i32) -> Fragment {
  var result = sum;
  for (var held = 0; held < ${perThread}; held++) {
    let row = (held * ${subgroupSize} + lane) / ${n / 4};
    let column = (held * ${subgroupSize} + lane) % ${n / 4} * 4;
    for (var k = 0; k < ${k}; k++) {
      let left = ${element("aTile", a, ["row", "k"])};
      let right = vec4f(${[0, 1, 2, 3].map((i) => element("bTile", b, ["k", `column + ${i}`])).join(", ")});
      result[held] = fma(vec4f(left), right, result[held]);
    }
  }
  return result;
}
fn put(sum: Fragment, lane: i32, offset: i32) {
  for (var held = 0; held < ${perThread}; held++) { staged[offset + held * ${subgroupSize} + lane] = sum[held]; }
}`,
    sumType: "Fragment",
    loadA: (_, offset) => offset,
    loadB: (_, offset) => offset,
    multiply: (sum, a, b) => `${sum} = multiplied(${sum}, lane, ${a}, ${b});`,
    store: (sum, offset) => `put(${sum}, lane, ${offset});`,
  };
}
