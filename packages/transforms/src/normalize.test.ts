import { describe, expect, it } from "vitest";
import { torchvisionsNormalized } from "../test/pictures.js";
import { ShapeError } from "./image-batch.js";
import { normalizeFloats, normalizeTable } from "./normalize.js";

describe("normalizeTable", () => {
  it("holds (byte / 255 − mean) / std of every byte, channel by channel", () => {
    const table = normalizeTable(2, { mean: [0.5, 0.2], std: [0.25, 0.1] });
    expect(table).toHaveLength(512);
    expect(table[0]).toBe(-2);
    expect(table[255]).toBe(2);
    expect(table[256 + 51]).toBeCloseTo(0, 6);
    expect(table[256 + 255]).toBeCloseTo(8, 5);
  });

  it("holds what torchvision makes of every byte, bit for bit", () => {
    const { values } = torchvisionsNormalized;
    const table = normalizeTable(3, torchvisionsNormalized);
    expect(Buffer.from(table.buffer).toString("base64")).toBe(values);
  });

  it("takes one number for all channels", () => {
    const table = normalizeTable(3, { mean: [0], std: [2] });
    expect([table[255], table[511], table[767]]).toEqual([0.5, 0.5, 0.5]);
  });

  it("refuses two numbers for three channels", () => {
    expect(() => normalizeTable(3, { mean: [0, 0], std: [1] })).toThrow(ShapeError);
    expect(() => normalizeTable(3, { mean: [0], std: [1, 1] })).toThrow(/Normalize's std. Received: 2/);
  });
});

describe("normalizeFloats", () => {
  it("takes values that are scaled already", () => {
    const images = Float32Array.of(0, 0.5, 1, 1);
    normalizeFloats(
      images,
      { count: 2, height: 1, width: 1, channels: 2 },
      { mean: [0.5, 0], std: [0.5, 0.25] },
    );
    expect([...images]).toEqual([-1, 2, 1, 4]);
  });
});
