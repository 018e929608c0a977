import { describe, expect, it } from "vitest";
import type { Image } from "../image.js";
import { affineProjection, perspectiveProjection, warp, type Corners } from "./warp.js";

/** 10 20 / 30 40 */
const four = (): Image => ({ pixels: Uint8Array.of(10, 20, 30, 40), height: 2, width: 2, channels: 1 });
const NEAREST = { interpolation: "nearest", fill: [9] } as const;

function warped(image: Image, ...rest: [Parameters<typeof warp>[1], Parameters<typeof warp>[2]]): number[] {
  warp(image, ...rest);
  return [...image.pixels];
}

describe("hand-computed pixels", () => {
  it("a quarter of a turn, clockwise", () => {
    expect(warped(four(), affineProjection({ angle: 90 }), NEAREST)).toEqual([30, 10, 40, 20]);
  });

  it("a shift to the right and down leaves the fill behind", () => {
    expect(warped(four(), affineProjection({ translate: [1, 0] }), NEAREST)).toEqual([9, 10, 9, 30]);
    expect(warped(four(), affineProjection({ translate: [0, 1] }), NEAREST)).toEqual([9, 9, 10, 20]);
  });

  it("half a pixel's shift mixes two, and picture and fill at the edge", () => {
    const bilinear = { interpolation: "bilinear", fill: [0] } as const;
    expect(warped(four(), affineProjection({ translate: [0.5, 0] }), bilinear)).toEqual([5, 15, 15, 35]);
  });

  it("a perspective that moves no corner changes nothing", () => {
    const corners: Corners = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    const projection = perspectiveProjection(four(), { from: corners, to: corners });
    expect(warped(four(), projection, NEAREST)).toEqual([10, 20, 30, 40]);
  });

  it("fill is a colour of one value per channel, and of white's part where pixels are 0…1", () => {
    const away = affineProjection({ translate: [5, 5] });
    const colours: Image = { pixels: new Uint8Array(6), height: 1, width: 2, channels: 3 };
    expect(warped(colours, away, { ...NEAREST, fill: [1, 2, 3] })).toEqual([1, 2, 3, 1, 2, 3]);
    const floats: Image = { pixels: new Float32Array(2), height: 1, width: 2, channels: 1 };
    expect(warped(floats, away, { ...NEAREST, fill: [51] }).map((value) => value.toFixed(4))).toEqual([
      "0.2000",
      "0.2000",
    ]);
  });
});
