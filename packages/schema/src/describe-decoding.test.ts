import { expect, it } from "vitest";
import { describeDecoding } from "./describe-decoding.js";

const imageShape: [number, number, number] = [96, 128, 3];

it("tells how pictures are decoded, and what becomes of those of another shape", () => {
  expect(describeDecoding({ imageShape, decoding: "full" })).toBe(
    "to 96 × 128 pixels: each decoded whole, then resized",
  );
  expect(describeDecoding({ imageShape, decoding: "dct-scaled", imageFit: "crop" })).toBe(
    "to 96 × 128 pixels: JPEGs of 7.5 times that size and more, and other pictures of more than 32 Mi pixels, scaled to " +
      "2.5 times it while they are decoded, then cropped to the middle of that shape and resized",
  );
  expect(describeDecoding({ imageShape, imageFit: "pad" })).toBe(
    "to 96 × 128 pixels: resized and padded with black to that shape",
  );
});

it("says nothing where nothing is decoded or no size was chosen", () => {
  expect(describeDecoding({ imageShape })).toBeNull();
  expect(describeDecoding({ imageShape: null, decoding: "full" })).toBeNull();
});
