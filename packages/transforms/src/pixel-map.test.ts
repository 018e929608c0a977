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
