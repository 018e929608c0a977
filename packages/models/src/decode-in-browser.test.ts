import { expect, it } from "vitest";
import { luminanceOf } from "./decode-in-browser.js";

it("makes grey as the decoder in Node does, to a level", () => {
  const pixels = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [128, 128, 128],
    [1, 1, 1],
  ];
  const grey = luminanceOf(pixels.flatMap((rgb) => [...rgb, 255]));
  // sharp 0.35.5 with toColourspace("b-w").
  [127, 220, 76, 128, 1].forEach((level, i) => expect(Math.abs(grey[i]! - level)).toBeLessThanOrEqual(1));
});
