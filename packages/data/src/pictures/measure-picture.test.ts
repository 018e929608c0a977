import { describe, expect, it } from "vitest";
import { measurePicture } from "./measure-picture.js";

describe("measurePicture", () => {
  it("measures a grey picture by hand", () => {
    // One bright pixel in the middle of nine: mean 90 / 9, variance 900 − 100, Laplacian −4 · 90 at the one inner pixel.
    const pixels = Uint8Array.of(0, 0, 0, 0, 90, 0, 0, 0, 0);
    const found = measurePicture(pixels, { height: 3, width: 3, channels: 1 });
    expect(found.brightness).toBeCloseTo(10, 12);
    expect(found.contrast).toBeCloseTo(Math.sqrt(900 - 100), 12);
    expect(found.sharpness).toBe(0);
    expect(found.colourfulness).toBe(0);
  });

  it("takes sharpness for the variance of the Laplacian, which a blurred edge has less of", () => {
    // Rows of 0 0 90 90: the two inner Laplacians are 90 and −90. Of 0 30 60 90 both are 0.
    const rowsOf = (...row: number[]) => Uint8Array.from([...row, ...row, ...row]);
    const shape = { height: 3, width: 4, channels: 1 };
    expect(measurePicture(rowsOf(0, 0, 90, 90), shape).sharpness).toBeCloseTo(8100, 9);
    expect(measurePicture(rowsOf(0, 30, 60, 90), shape).sharpness).toBe(0);
    expect(measurePicture(Uint8Array.of(0, 90), { height: 1, width: 2, channels: 1 }).sharpness).toBe(0);
  });

  it("takes colourfulness for that of Hasler and Süsstrunk", () => {
    // Red and blue: rg is 255 and 0, yb 127.5 and −255. Deviations 127.5 and 191.25, means 127.5 and −63.75.
    const pixels = Uint8Array.of(255, 0, 0, 0, 0, 255);
    const expected = Math.hypot(127.5, 191.25) + 0.3 * Math.hypot(127.5, 63.75);
    const found = measurePicture(pixels, { height: 1, width: 2, channels: 3 });
    expect(found.colourfulness).toBeCloseTo(expected, 9);
    // 0.299 · 255 = 76.2 and 0.114 · 255 = 29.07, each rounded.
    expect(found.brightness).toBeCloseTo((76 + 29) / 2, 12);
  });
});
