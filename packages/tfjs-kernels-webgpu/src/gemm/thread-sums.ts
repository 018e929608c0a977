/**
 * The sums of a tile in the registers of its threads, each of which takes a share of them and computes it by itself, term after
 * term: so a sum has the same bits by any tile.
 */
import type { GemmForm, Sums } from "./gemm-program.js";
import type { Operand } from "./operands.js";
import { range } from "./range.js";
import { sliceOf } from "./slices.js";
import type { GemmTile } from "./tile.js";

const COMPONENTS = ["x", "y", "z", "w"] as const;

export function threadSums(form: GemmForm, tile: GemmTile): Sums {
  const { a, b } = form;
  const across = tile.n / tile.shareN;
  const down = tile.m / tile.shareM;
  const threads = across * down;
  const shape = (operand: Operand, outer: number) => ({
    outer,
    depth: tile.k,
    // Of one along k, neighbouring threads read neighbouring rows at the same k at once.
    gap: operand.isAlongK ? 1 : 0,
    threads,
  });
  const slices = {
    a: sliceOf(a, "a", shape(a, tile.m)),
    b: sliceOf(b, "b", shape(b, tile.n)),
  };
  return {
    threads,
    slices,
    setUp: `
  let across = t % ${across};
  let down = t / ${across};
  ${eachSum(tile, (i, j) => `var sum${i}_${j} = vec4f();`)}`,
    multiply: `
      for (var k4 = 0; k4 < ${tile.k / 4}; k4++) {
        ${products(a, tile, [fetchA(a, tile, slices.a.stride, down), fetchB(b, tile, slices.b.stride, across)])}
      }`,
    write: writeSums(form, tile, { across, down, isVec4Out: !b.isAlongK && b.isVec4 }),
  };
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
function fetchA(a: Operand, { shareM }: GemmTile, stride: number, down: number): Fetch {
  if (a.isAlongK) {
    const rows = range(shareM).map(
      (i) => `let a${i} = vec4f(aTile[(${placeOf(a, i, down, "down")}) * ${stride} + k4]);`,
    );
    return { ahead: rows.join("\n        "), at: () => "" };
  }
  return {
    ahead: "",
    at: (kk) =>
      range(shareM / 4)
        .map((i) => `let aRows${i} = vec4f(aTile[(k4 * 4 + ${kk}) * ${stride} + ${i * down} + down]);`)
        .join(" "),
  };
}

function elementOfA(a: Operand, i: number, kk: number): string {
  return a.isAlongK ? `a${i}.${COMPONENTS[kk]}` : `aRows${Math.floor(i / 4)}.${COMPONENTS[i % 4]}`;
}

/** `b{j}`: four of the thread's columns at k4 · 4 + kk. */
function fetchB(b: Operand, { shareN }: GemmTile, stride: number, across: number): Fetch {
  const fours = range(shareN / 4);
  if (!b.isAlongK) {
    return {
      ahead: "",
      at: (kk) =>
        fours
          .map((j) => `let b${j} = vec4f(bTile[(k4 * 4 + ${kk}) * ${stride} + ${j * across} + across]);`)
          .join(" "),
    };
  }
  const columns = range(shareN).map(
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
  const fours = range(tile.shareN / 4);
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
  ${range(tile.shareM)
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

function eachSum({ shareM, shareN }: GemmTile, write: (i: number, j: number) => string): string {
  return range(shareM)
    .flatMap((i) => range(shareN / 4).map((j) => write(i, j)))
    .join("\n        ");
}
