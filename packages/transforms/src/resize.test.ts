import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "./image-batch.js";
import { croppedPart, paddedPart } from "./image-part.js";
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

  it("crops to the middle of the size's shape, to parts of pixels, before it scales", () => {
    // Of 2 × 5, to 1 × 1, the part from 1.5 to 3.5: around 2.5 with radius 2, the columns 1 2 3 weigh 1/4 1/2 1/4.
    const wide = Float32Array.of(1, 2, 3, 4, 8, 11, 12, 13, 14, 18);
    const wideShape = { count: 1, height: 2, width: 5, channels: 1 };
    expect([...resize(wide, wideShape, [1, 1], "crop")]).toEqual([8]);
    // To 1 × 3, all of 5 / 3 rows in the middle and all columns: stretching comes to the same on the columns alone.
    const [, , right] = resize(wide.slice(0, 5), row(5), [1, 3]);
    const thirds = resize(wide, wideShape, [1, 3], "crop");
    expect(thirds[2]).toBeCloseTo((right as number) + 5, 5);
    // Of 5 × 3 with two channels, the rows 1 to 3, whole.
    const tall = Uint8Array.from({ length: 30 }, (_, i) => i);
    const tallShape = { count: 1, height: 5, width: 3, channels: 2 };
    expect([...resize(tall, tallShape, [3, 3], "crop")]).toEqual([...tall.subarray(6, 24)]);
  });

  it("pads with zeros on two sides alike, the spare pixel after the picture", () => {
    const wide = Uint8Array.of(10, 20, 30, 40);
    const padded = resize(wide, row(4), [4, 4], "pad");
    expect([...padded]).toEqual([0, 0, 0, 0, 10, 20, 30, 40, ...new Array<number>(8).fill(0)]);
    const tall = new Float32Array(16).fill(0.5);
    const tallShape = { count: 1, height: 4, width: 2, channels: 2 };
    expect([...resize(tall, tallShape, [2, 2], "pad")]).toEqual([0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0]);
  });

  it.each<[from: [number, number], to: [number, number], fit: number[], pad: number[]]>([
    [
      [6, 11],
      [4, 4],
      [151, 124, 136, 156, 123, 98, 136, 132, 160, 142, 104, 84, 103, 87, 93, 120],
      [0, 0, 0, 0, 109, 126, 133, 108, 139, 121, 102, 128, 0, 0, 0, 0],
    ],
    [
      [9, 5],
      [4, 7],
      [
        119, 127, 141, 161, 192, 128, 26, 101, 137, 141, 81, 148, 112, 28, 125, 139, 114, 26, 128, 128, 73,
        173, 123, 65, 13, 138, 168, 142,
      ],
      [0, 0, 121, 127, 0, 0, 0, 0, 0, 144, 119, 0, 0, 0, 0, 0, 110, 113, 0, 0, 0, 0, 0, 123, 118, 0, 0, 0],
    ],
    [
      [4, 13],
      [2, 3],
      [147, 106, 122, 116, 128, 123],
      [110, 122, 129, 0, 0, 0],
    ],
  ])("crops and pads %j to %j as Pillow 9.4's ImageOps.fit and pad do", ([height, width], to, fit, pad) => {
    const pixels = Uint8Array.from({ length: height * width }, (_, i) => (i * i * 7 + i * 53) % 251);
    const shape = { count: 1, height, width, channels: 1 };
    for (const [how, expected] of [["crop", fit] as const, ["pad", pad] as const]) {
      const resized = resize(pixels, shape, to, how);
      // It rounds to bytes between rows and columns, too.
      expect(resized).toHaveLength(expected.length);
      resized.forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(1));
    }
  });

  it("keeps proportions in any part and padding, which lie in the middle", () => {
    const edge = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(edge, edge, edge, edge, (height, width, h, w) => {
        const [picture, target] = [
          { height, width },
          { height: h, width: w },
        ];
        const cropped = croppedPart(picture, target);
        expect(cropped.height / cropped.width).toBeCloseTo(h / w, 9);
        expect(Math.max(cropped.height / height, cropped.width / width)).toBeCloseTo(1, 9);
        expect(2 * cropped.top + cropped.height).toBeCloseTo(height, 9);
        expect(2 * cropped.left + cropped.width).toBeCloseTo(width, 9);
        const padded = paddedPart(picture, target);
        const scale = Math.min(h / height, w / width);
        expect(padded.height === h || padded.width === w).toBe(true);
        expect(Math.abs(padded.height - Math.max(1, height * scale))).toBeLessThanOrEqual(0.5);
        expect(Math.abs(padded.width - Math.max(1, width * scale))).toBeLessThanOrEqual(0.5);
        expect([0, 1]).toContain(h - padded.height - 2 * padded.top);
        expect([0, 1]).toContain(w - padded.width - 2 * padded.left);
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
