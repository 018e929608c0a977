import { Rng } from "@convkit/random";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANY_CONTEXT } from "../test/pictures.js";
import { ShapeError } from "./image-batch.js";
import { movePixels } from "./pixel-map.js";
import { randomCrop, type RandomCropOptions } from "./random-crop.js";

/** 1 2 3 / 4 5 6 / 7 8 9 */
const NINE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
const SHAPE = { count: 1, height: 3, width: 3, channels: 1 };

function cropNine(options: RandomCropOptions, position: { top: number; left: number }): number[] {
  return [...movePixels(NINE, SHAPE, [randomCrop(options).map(SHAPE, position)])];
}

describe("randomCrop", () => {
  it("cuts out of the picture", () => {
    expect(cropNine({ size: [2, 2], padding: 0, paddingMode: "constant" }, { top: 1, left: 0 })).toEqual([
      4, 5, 7, 8,
    ]);
  });

  it("pads with black", () => {
    expect(cropNine({ size: [3, 3], padding: 1, paddingMode: "constant" }, { top: -1, left: 1 })).toEqual([
      0, 0, 0, 2, 3, 0, 5, 6, 0,
    ]);
  });

  it("mirrors without repeating the edge", () => {
    // The picture mirrored by two: rows and columns 3 2 | 1 2 3 | 2 1.
    expect(cropNine({ size: [7, 7], padding: 2, paddingMode: "reflect" }, { top: -2, left: -2 })).toEqual([
      9, 8, 7, 8, 9, 8, 7, 6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1, 6, 5, 4, 5, 6, 5, 4, 9, 8, 7, 8, 9, 8, 7,
      6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1,
    ]);
  });

  it("takes every position inside the padding alike and none outside", () => {
    const { sample } = randomCrop({ size: [3, 2], padding: 1, paddingMode: "constant" });
    const counts = new Map<string, number>();
    const rng = Rng.fromSeed(0);
    for (let i = 0; i < 12_000; i++) {
      const { top, left } = sample(rng, SHAPE, ANY_CONTEXT);
      counts.set(`${top},${left}`, (counts.get(`${top},${left}`) ?? 0) + 1);
    }
    const expected = [-1, 0, 1].flatMap((top) => [-1, 0, 1, 2].map((left) => `${top},${left}`));
    expect([...counts.keys()].sort()).toEqual(expected.sort());
    for (const count of counts.values())
      expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000 * (11 / 12)));
  });

  it("reads only pixels that are there, whatever the sizes", () => {
    const sizes = fc.record({
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
      padding: fc.nat(8),
      paddingMode: fc.constantFrom("constant" as const, "reflect" as const, "edge" as const),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(sizes, ({ height, width, padding, paddingMode, seed }) => {
        fc.pre(paddingMode !== "reflect" || padding < Math.min(height, width));
        const shape = { count: 1, height, width, channels: 1 };
        const crop = randomCrop({ size: [height, width], padding, paddingMode });
        const { rows, columns } = crop.map(shape, crop.sample(Rng.fromSeed(seed), shape, ANY_CONTEXT));
        const lowest = paddingMode === "constant" ? -1 : 0;
        expect([...rows].every((row) => row >= lowest && row < height)).toBe(true);
        expect([...columns].every((column) => column >= lowest && column < width)).toBe(true);
      }),
    );
  });

  it("refuses a window larger than the padded picture and a mirror wider than the picture", () => {
    const large = randomCrop({ size: [6, 3], padding: 1, paddingMode: "constant" });
    expect(() => large.outputShape(SHAPE)).toThrow(ShapeError);
    expect(() => large.outputShape(SHAPE)).toThrow(/Received: a size of 6×3/);
    const wide = randomCrop({ size: [3, 3], padding: 3, paddingMode: "reflect" });
    expect(() => wide.outputShape(SHAPE)).toThrow(/Received: a padding of 3/);
  });
});
