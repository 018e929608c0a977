import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { ANY_CONTEXT } from "../test/pictures.js";
import { randomResizedCrop } from "./random-resized-crop.js";

const SHAPE = { count: 1, height: 48, width: 64, channels: 1 };

describe("RandomResizedCrop", () => {
  it("draws parts of the area and shape asked for, inside the picture", () => {
    const { sample } = randomResizedCrop({ size: [8, 8], scale: [0.08, 1], ratio: [3 / 4, 4 / 3] });
    const rng = Rng.fromSeed(0);
    for (let i = 0; i < 500; i++) {
      const { top, left, height, width } = sample(rng, SHAPE, ANY_CONTEXT);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(top + height).toBeLessThanOrEqual(48);
      expect(left + width).toBeLessThanOrEqual(64);
      expect((height + 0.5) * (width + 0.5)).toBeGreaterThanOrEqual(0.08 * 48 * 64);
      expect((width - 0.5) / (height + 0.5)).toBeLessThanOrEqual(4 / 3);
      expect((width + 0.5) / (height - 0.5)).toBeGreaterThanOrEqual(3 / 4);
    }
  });

  it.each([
    [
      { height: 10, width: 100 },
      { top: 0, left: 43, height: 10, width: 13 },
    ],
    [
      { height: 100, width: 12 },
      { top: 42, left: 0, height: 16, width: 12 },
    ],
  ])("takes the middle of %j, in which no part fits", (size, middle) => {
    const { sample } = randomResizedCrop({ size: [8, 8], scale: [0.99, 1], ratio: [3 / 4, 4 / 3] });
    expect(sample(Rng.fromSeed(0), { ...SHAPE, ...size }, ANY_CONTEXT)).toEqual(middle);
  });

  it("scales each picture's own part, to hand-computed values", () => {
    const { apply, outputShape } = randomResizedCrop({ size: [1, 2], scale: [0.1, 1], ratio: [1, 1] });
    const shape = { count: 2, height: 2, width: 3, channels: 1 };
    // 10 20 30 / 40 50 60 and ten times less.
    const pixels = Uint8Array.of(10, 20, 30, 40, 50, 60, 1, 2, 3, 4, 5, 6);
    expect(outputShape(shape)).toEqual({ count: 2, height: 1, width: 2, channels: 1 });
    const scaled = apply(pixels, shape, [
      { top: 0, left: 1, height: 2, width: 2 },
      { top: 1, left: 0, height: 1, width: 2 },
    ]);
    expect([...scaled]).toEqual([35, 45, 4, 5]);
  });
});
