import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composePixelMaps, movePixels, movePixelsThroughTable } from "./pixel-map.js";

const map = (rows: number[], columns: number[]) => ({
  rows: Int32Array.from(rows),
  columns: Int32Array.from(columns),
});

describe("movePixels", () => {
  it("reads row and column of each output pixel, and black where the map says -1", () => {
    const images = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const shape = { count: 1, height: 2, width: 3, channels: 1 };
    expect([...movePixels(images, shape, [map([1, 0, -1], [2, -1])])]).toEqual([6, 0, 3, 0, 0, 0]);
  });

  it("keeps channels together, images apart and the type", () => {
    const images = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const shape = { count: 2, height: 1, width: 2, channels: 2 };
    const moved = movePixels(images, shape, [map([0], [1]), map([0], [0])]);
    expect(moved).toEqual(Float32Array.of(3, 4, 5, 6));
  });
});

describe("movePixels, of crops, flips, borders and what no transform makes", () => {
  const edges = fc.integer({ min: 1, max: 40 });
  const places = (length: number) => {
    const place = fc.integer({ min: -1, max: length - 1 });
    const window = fc
      .tuple(fc.integer({ min: -20, max: length }), edges, fc.boolean())
      .map(([start, count, isFlipped]) => {
        const inside = Array.from({ length: count }, (_, i) =>
          start + i < length ? Math.max(start + i, -1) : -1,
        );
        return isFlipped ? inside.reverse() : inside;
      });
    const edge = fc
      .tuple(fc.integer({ min: -20, max: length }), edges)
      .map(([start, count]) =>
        Array.from({ length: count }, (_, i) => Math.min(Math.max(start + i, 0), length - 1)),
      );
    return fc.oneof(window, edge, fc.array(place, { minLength: 1, maxLength: 40 }));
  };
  const cases = fc.tuple(edges, edges).chain(([height, width]) =>
    fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      channels: fc.constantFrom(1, 2, 3),
      rows: places(height),
      columns: places(width),
      isFloat: fc.boolean(),
    }),
  );

  it("is in[rows[y]][columns[x]]", () => {
    fc.assert(
      fc.property(cases, ({ height, width, channels, rows, columns, isFloat }) => {
        const values = Array.from({ length: 2 * height * width * channels }, (_, i) => 1 + ((i * 37) % 251));
        const images = isFloat ? Float32Array.from(values) : Uint8Array.from(values);
        const upsideDown = [...rows].reverse();
        const moved = movePixels(images, { count: 2, height, width, channels }, [
          map(rows, columns),
          map(upsideDown, columns),
        ]);
        const expected = [rows, upsideDown].flatMap((ownRows, image) =>
          ownRows.flatMap((row) =>
            columns.flatMap((column) =>
              Array.from({ length: channels }, (_, c) =>
                row < 0 || column < 0 ? 0 : values[((image * height + row) * width + column) * channels + c],
              ),
            ),
          ),
        );
        expect([...moved]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe("composePixelMaps", () => {
  it("is the second after the first, and black stays black", () => {
    const shift = map([-1, 0, 1], [0]);
    const reverse = map([2, 1, 0], [0]);
    const shape = { count: 1, height: 3, width: 1, channels: 1 };
    const images = Uint8Array.of(10, 20, 30);
    const composed = composePixelMaps(shift, reverse);
    expect([...composed.rows]).toEqual([1, 0, -1]);
    const oneByOne = movePixels(movePixels(images, shape, [shift]), shape, [reverse]);
    expect(movePixels(images, shape, [composed])).toEqual(oneByOne);
  });
});

describe("movePixelsThroughTable", () => {
  it.each([1, 2, 3, 4])("looks each of %i channels up in its own row of the table", (channels) => {
    const table = Float32Array.from(
      { length: channels * 256 },
      (_, i) => Math.floor(i / 256) * 1000 + (i % 256),
    );
    const images = Uint8Array.from({ length: 2 * channels }, (_, i) => i + 1);
    const out = new Float32Array(3 * channels);
    const shape = { count: 1, height: 1, width: 2, channels };
    movePixelsThroughTable(images, shape, [map([0], [1, -1, 0])], { table, out });
    const expected = [1, -1, 0].flatMap((column) =>
      Array.from({ length: channels }, (_, c) => c * 1000 + (column < 0 ? 0 : column * channels + c + 1)),
    );
    expect([...out]).toEqual(expected);
  });
});
