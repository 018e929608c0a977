import { describe, expect, it } from "vitest";
import { describeDrawn, undoNormalize } from "./display.js";

describe("describeDrawn", () => {
  it("says what was drawn in a few words", () => {
    expect(describeDrawn({ transform: "RandomCrop", parameters: { top: 2, left: -1 } })).toBe(
      "RandomCrop top=2 left=-1",
    );
    expect(describeDrawn({ transform: "RandomHorizontalFlip", parameters: false })).toBe(
      "RandomHorizontalFlip –",
    );
    expect(
      describeDrawn({ transform: "RandAugment", parameters: [{ name: "Rotate", magnitude: 9.00001 }] }),
    ).toBe("RandAugment Rotate magnitude=9");
  });
});

describe("undoNormalize", () => {
  it("undoes each Normalize of the list, the last one first", () => {
    const images = Float32Array.of(-1, 2, 3, 0.5);
    undoNormalize(images, 2, [
      { name: "Normalize", mean: [0.25, 0.5], std: [0.5, 0.25] },
      { name: "RandomHorizontalFlip", p: 0.5 },
      { name: "Normalize", mean: [1], std: [2] },
    ]);
    // x → (2x + 1)·std + mean
    expect(Array.from(images)).toEqual([-0.25, 1.75, 3.75, 1]);
  });
});
