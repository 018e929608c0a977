import { describe, expect, it } from "vitest";
import { centerCrop } from "./center-crop.js";
import { ShapeError } from "./image-batch.js";

describe("centerCrop", () => {
  it("takes the middle, the upper left one of two", () => {
    const shape = { count: 1, height: 5, width: 4, channels: 1 };
    const { rows, columns } = centerCrop([3, 1]).map(shape);
    expect([...rows]).toEqual([1, 2, 3]);
    expect([...columns]).toEqual([1]);
    expect(centerCrop([3, 1]).outputShape(shape)).toEqual({ count: 1, height: 3, width: 1, channels: 1 });
  });

  it("refuses a smaller picture", () => {
    const shape = { count: 1, height: 2, width: 9, channels: 1 };
    expect(() => centerCrop([3, 3]).outputShape(shape)).toThrow(ShapeError);
    expect(() => centerCrop([3, 3]).outputShape(shape)).toThrow(/Put a Resize before it/);
  });
});
