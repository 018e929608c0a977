import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "./image-batch.js";
import { resize, resizedShape } from "./resize.js";

const row = (width: number) => ({ count: 1, height: 1, width, channels: 1 });

describe("resize", () => {
  it("doubles with half-pixel centres: the outer pixels repeat, the inner ones are quarters", () => {
    // Centres 0.25 0.75 1.25 1.75: weights (1), (3/4 1/4), (1/4 3/4), (1).
    expect([...resize(Uint8Array.of(0, 100), row(2), [1, 4])]).toEqual([0, 25, 75, 100]);
  });

  it("halves with a triangle over four pixels, cut at the edges", () => {
    // Around 1 and 3 with radius 2: 3/4 3/4 1/4 and 1/4 3/4 3/4, divided by their sum 7/4.
    const halved = resize(Float32Array.of(7, 14, 28, 70), row(4), [1, 2]);
    expect(halved[0]).toBeCloseTo((3 * 7 + 3 * 14 + 28) / 7, 4);
    expect(halved[1]).toBeCloseTo((14 + 3 * 28 + 3 * 70) / 7, 4);
  });

  it("shrinks 4 to 1 over all of them: 1/16 3/16 3/16 1/16 of the triangle, as 5/8 7/8 7/8 5/8", () => {
    // Centre 2, radius 4: 1 − |0.5 − 2|/4 = 5/8, 1 − |1.5 − 2|/4 = 7/8.
    const [only] = resize(Float32Array.of(3, 6, 9, 12), row(4), [1, 1]);
    expect(only).toBeCloseTo((5 * 3 + 7 * 6 + 7 * 9 + 5 * 12) / 24, 5);
  });

  it("rounds bytes to the nearest", () => {
    expect([...resize(Uint8Array.of(0, 1), row(2), [1, 4])]).toEqual([0, 0, 1, 1]);
  });

  it("works on both axes, on every channel and every image apart", () => {
    const images = Float32Array.of(0, 10, 4, 20, 8, 30, 12, 40, 1, 1, 1, 1, 1, 1, 1, 1);
    const shape = { count: 2, height: 2, width: 2, channels: 2 };
    const mean = resize(images, shape, [1, 1]);
    expect([...mean]).toEqual([6, 25, 1, 1]);
  });

  it("leaves a picture of one colour as it is and stays within the picture's range", () => {
    const edge = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(fc.tuple(edge, edge), fc.tuple(edge, edge), fc.nat(255), ([height, width], size, value) => {
        const shape = { count: 1, height, width, channels: 1 };
        const flat = resize(new Uint8Array(height * width).fill(value), shape, size);
        expect([...flat]).toEqual(new Array(size[0] * size[1]).fill(value));
        const ramp = Uint8Array.from({ length: height * width }, (_, i) => (i * 37 + value) % 256);
        const resized = resize(ramp, shape, size);
        expect(Math.min(...resized)).toBeGreaterThanOrEqual(Math.min(...ramp));
        expect(Math.max(...resized)).toBeLessThanOrEqual(Math.max(...ramp));
      }),
    );
  });

  it("gives the same array back where nothing changes", () => {
    const images = Uint8Array.of(1, 2, 3);
    expect(resize(images, row(3), [1, 3])).toBe(images);
  });

  it("refuses an array that does not fit its shape", () => {
    expect(() => resize(Uint8Array.of(1, 2), row(3), [1, 1])).toThrow(ShapeError);
  });
});

describe("resizedShape", () => {
  it.each([
    [
      { height: 100, width: 150 },
      { height: 40, width: 60 },
    ],
    [
      { height: 150, width: 101 },
      { height: 59, width: 40 },
    ],
    [
      { height: 10, width: 10 },
      { height: 40, width: 40 },
    ],
  ])("%j by its shorter edge to 40 is %j", (from, to) => {
    expect(resizedShape({ count: 2, channels: 3, ...from }, 40)).toEqual({ count: 2, channels: 3, ...to });
  });
});
