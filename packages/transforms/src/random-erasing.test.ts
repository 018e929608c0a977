import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { ANY_CONTEXT } from "../test/pictures.js";
import { randomErasing, type RandomErasingOptions } from "./random-erasing.js";

const DEFAULTS: RandomErasingOptions = { p: 0.5, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: 0 };
const SHAPE = { count: 1, height: 40, width: 30, channels: 3 };

describe("RandomErasing", () => {
  it("draws rectangles of the area and shape asked for, inside the picture", () => {
    const { sample } = randomErasing({ ...DEFAULTS, p: 1 });
    const rng = Rng.fromSeed(0);
    for (let i = 0; i < 500; i++) {
      const { top, left, height, width } = sample!(rng, SHAPE, ANY_CONTEXT)!;
      expect(top).toBeGreaterThanOrEqual(0);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(top + height).toBeLessThanOrEqual(SHAPE.height);
      expect(left + width).toBeLessThanOrEqual(SHAPE.width);
      // Edges are rounded to whole pixels.
      expect((height - 0.5) * (width - 0.5)).toBeLessThanOrEqual(0.33 * 1200);
      expect((height + 0.5) * (width + 0.5)).toBeGreaterThanOrEqual(0.02 * 1200);
      expect((height - 0.5) / (width + 0.5)).toBeLessThanOrEqual(3.3);
      expect((height + 0.5) / (width - 0.5)).toBeGreaterThanOrEqual(0.3);
    }
  });

  it("has the probability asked for", () => {
    const { sample } = randomErasing({ ...DEFAULTS, p: 0.25 });
    const rng = Rng.fromSeed(0);
    let erased = 0;
    for (let i = 0; i < 10_000; i++) if (sample!(rng, SHAPE, ANY_CONTEXT) !== null) erased++;
    expect(Math.abs(erased / 10_000 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 10_000));
  });

  it("puts a colour there, and nothing anywhere else", () => {
    const { apply } = randomErasing({ ...DEFAULTS, value: [7, 8] });
    const part = { top: 1, left: 1, height: 1, width: 2, noise: null };
    const pixels = new Uint8Array(2 * 3 * 2);
    expect(() => randomErasing({ ...DEFAULTS, value: [7, 8] }).outputShape!(SHAPE)).toThrow(
      /one per channel \(3\) as `value`. Received: 2/,
    );
    expect([...apply(pixels, { count: 1, height: 2, width: 3, channels: 2 }, [part])]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 7, 8,
    ]);
  });

  it("puts noise there: any byte, or behind Normalize normal values; the same for the same parameters", () => {
    const { sample, apply } = randomErasing({ ...DEFAULTS, p: 1, scale: [0.3, 0.33], value: "random" });
    const drawn = sample!(Rng.fromSeed(3), SHAPE, ANY_CONTEXT)!;
    const once = apply(new Uint8Array(3600), SHAPE, [drawn]);
    const again = apply(new Uint8Array(3600), SHAPE, [drawn]);
    expect(again).toEqual(once);
    expect(new Set(once).size).toBeGreaterThan(150);
    const normal = Array.from(apply(new Float32Array(3600), SHAPE, [drawn])).filter((value) => value !== 0);
    expect(normal).toHaveLength(3 * drawn.height * drawn.width);
    const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(normal.length));
  });
});
