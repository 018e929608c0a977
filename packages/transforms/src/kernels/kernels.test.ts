import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compileKernels } from "../../assembly/build.js";
import { normalizeTable } from "../normalize.js";
import { movePixelsThroughTable, type PixelMap } from "../pixel-map.js";
import { runsOf } from "./column-runs.js";
import { moveAndNormalize } from "./pixel-runs.js";
import { sumColumns, sumRows } from "./plain-kernels.js";
import { simdKernels } from "./simd-kernels.js";
import { triangleWindows } from "./windows.js";

/** The SIMD kernels, or a failure where this engine has none: nothing would be tested. */
function kernels() {
  const found = simdKernels(3);
  if (found === null) throw new Error("Expected an engine with WebAssembly and SIMD.");
  return found;
}

function pixelsOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24);
}

const channelCounts = fc.constantFrom(1, 3);
const edges = fc.integer({ min: 1, max: 70 });
const seeds = fc.integer({ min: 0, max: 1e6 });

describe("resizing with SIMD", () => {
  function resizedBothWays(
    [height, width]: readonly [number, number],
    [newHeight, newWidth]: readonly [number, number],
    { channels, seed }: { channels: number; seed: number },
  ): [simd: Uint8Array, plain: Uint8Array] {
    const source = pixelsOf(height * width * channels, seed);
    const rows = triangleWindows(height, newHeight);
    const columns = triangleWindows(width, newWidth);
    const simd = new Uint8Array(newHeight * newWidth * channels);
    expect(kernels().resample(source, simd, { width, channels, rows, columns })).toBe(true);
    const summed = new Float32Array(newHeight * width * channels);
    sumRows(source, summed, { columns: width * channels, windows: rows });
    const plain = new Uint8Array(simd.length);
    sumColumns(summed, plain, { rows: newHeight, width, channels, windows: columns });
    return [simd, plain];
  }

  it("gives the bits that JavaScript gives, smaller and larger", () => {
    fc.assert(
      fc.property(fc.tuple(edges, edges), fc.tuple(edges, edges), channelCounts, seeds, (...drawn) => {
        const [from, to, channels, seed] = drawn;
        const [simd, plain] = resizedBothWays(from, to, { channels, seed });
        expect(simd).toEqual(plain);
      }),
    );
  });

  it.each([1, 3])("does so with %i channels where a picture takes many bands", (channels) => {
    const [simd, plain] = resizedBothWays([900, 1201], [301, 224], { channels, seed: 5 });
    expect(Buffer.compare(simd, plain)).toBe(0);
  });

  it("leaves what would need more than its memory to JavaScript, untouched", () => {
    // All 9,000 rows of 3 · 3,000 bytes make the one row of the result.
    const [rows, columns] = [triangleWindows(9000, 1), triangleWindows(3000, 1)];
    const target = Uint8Array.of(7, 7, 7);
    const source = new Uint8Array(9000 * 3000 * 3);
    expect(kernels().resample(source, target, { width: 3000, channels: 3, rows, columns })).toBe(false);
    expect([...target]).toEqual([7, 7, 7]);
  });
});

describe("moving and normalising with SIMD", () => {
  const places = (length: number) => fc.integer({ min: -1, max: length - 1 });

  /** Crops, flips and padded borders, and what no transform makes. */
  const columnsOf = (width: number): fc.Arbitrary<number[]> =>
    fc.oneof(
      fc.array(places(width), { minLength: 1, maxLength: 60 }),
      fc.tuple(fc.integer({ min: -20, max: width }), edges, fc.boolean()).map(([start, length, flips]) => {
        const columns = Array.from({ length }, (_, i) => {
          const column = start + i;
          return column >= 0 && column < width ? column : -1;
        });
        return flips ? columns.reverse() : columns;
      }),
      fc
        .tuple(fc.integer({ min: -20, max: width }), edges)
        .map(([start, length]) =>
          Array.from({ length }, (_, i) => Math.min(Math.max(start + i, 0), width - 1)),
        ),
    );

  const cases = fc.tuple(edges, edges, channelCounts, seeds).chain(([height, width, channels, seed]) =>
    fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      channels: fc.constant(channels),
      seed: fc.constant(seed),
      rows: fc.array(places(height), { minLength: 1, maxLength: 60 }),
      columns: columnsOf(width),
    }),
  );

  it("gives the bits that the table gives, for any rows and columns", () => {
    fc.assert(
      fc.property(cases, ({ height, width, channels, seed, rows, columns }) => {
        const shape = { count: 2, height, width, channels };
        const images = pixelsOf(2 * height * width * channels, seed);
        const map: PixelMap = { rows: Int32Array.from(rows), columns: Int32Array.from(columns) };
        const other: PixelMap = { rows: map.rows.toReversed(), columns: map.columns.toReversed() };
        const statistics = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
        const own =
          channels === 3
            ? statistics
            : { mean: statistics.mean.slice(0, 1), std: statistics.std.slice(0, 1) };
        const out = new Float32Array(2 * rows.length * columns.length * channels + 1).fill(9);
        moveAndNormalize(images, shape, [map, other], { statistics: own, out });
        const expected = new Float32Array(out.length).fill(9);
        const table = normalizeTable(channels, own);
        movePixelsThroughTable(images, shape, [map, other], { table, out: expected });
        expect(Buffer.compare(Buffer.from(out.buffer), Buffer.from(expected.buffer))).toBe(0);
      }),
    );
  });

  it("finds the longest runs", () => {
    expect(runsOf(Int32Array.of(0, 0, 0, 1, 2, 2))).toEqual([
      { from: 0, step: 0, pixels: 3 },
      { from: 1, step: 1, pixels: 2 },
      { from: 2, step: 1, pixels: 1 },
    ]);
    expect(runsOf(Int32Array.of(-1, -1, 2, 1, 0, 1, 2, 4, -1))).toEqual([
      { from: -1, step: 1, pixels: 2 },
      { from: 2, step: -1, pixels: 3 },
      { from: 1, step: 1, pixels: 2 },
      { from: 4, step: 1, pixels: 1 },
      { from: -1, step: 1, pixels: 1 },
    ]);
  });
});

describe("the compiled kernels", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("are what the sources in assembly/ compile to", async () => {
    const committed = await readFile(new URL("pixel-kernels-wasm.ts", import.meta.url), "utf8");
    expect(committed).toBe(await compileKernels());
  });

  it("are not needed: an engine without WebAssembly resizes to the same pixels", async () => {
    const shape = { count: 2, height: 31, width: 45, channels: 3 };
    const images = pixelsOf(2 * 31 * 45 * 3, 1);
    const { resize } = await import("../resize.js");
    const quick = resize(images, shape, [17, 50]);
    vi.resetModules();
    vi.stubGlobal("WebAssembly", undefined);
    const { simdKernels: withoutSimd } = await import("./simd-kernels.js");
    expect(withoutSimd(3)).toBeNull();
    const plain = await import("../resize.js");
    expect(plain.resize(images, shape, [17, 50])).toEqual(quick);
  });
});
