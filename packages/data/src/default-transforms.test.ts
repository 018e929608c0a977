import { DatasetCard } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { defaultTransforms } from "./default-transforms.js";
import { ImageSizeRequiredError } from "./pictures/pixel-source.js";

function card(source: string, imageShape: [number, number, number] | null, std = [0.25]) {
  const facts = { formatVersion: 1, name: "x", contentHash: "h", classNames: ["a"], splits: {} };
  return DatasetCard.parse({ ...facts, source, imageShape, mean: std.map(() => 0.5), std });
}

const names = (specs: readonly { name: string }[]) => specs.map(({ name }) => name);

describe("defaultTransforms", () => {
  it("are CIFAR's usual ones for cifar10", () => {
    const { train, evaluation } = defaultTransforms(card("cifar10", [32, 32, 3], [0.2, 0.3, 0.4]));
    expect(train).toEqual([
      { name: "RandomCrop", size: [32, 32], padding: 4, paddingMode: "reflect" },
      { name: "RandomHorizontalFlip", p: 0.5 },
      { name: "Normalize", mean: [0.5, 0.5, 0.5], std: [0.2, 0.3, 0.4] },
    ]);
    expect(evaluation).toEqual(train.slice(2));
  });

  it("mirror clothes and photos, but no digits and no grey pictures of unknown kind", () => {
    expect(names(defaultTransforms(card("fashion-mnist", [28, 28, 1])).train)).toContain(
      "RandomHorizontalFlip",
    );
    expect(names(defaultTransforms(card("./photos", [64, 48, 3])).train)).toContain("RandomHorizontalFlip");
    expect(names(defaultTransforms(card("mnist", [28, 28, 1])).train)).toEqual(["RandomCrop", "Normalize"]);
    expect(names(defaultTransforms(card("./scans", [28, 28, 1])).train)).toEqual(["RandomCrop", "Normalize"]);
  });

  it("do not divide by the deviation of a channel that is the same everywhere", () => {
    const [normalize] = defaultTransforms(card("x", [8, 8, 1], [0])).evaluation;
    expect(normalize).toMatchObject({ std: [1 / 255] });
  });

  it("need one size", () => {
    expect(() => defaultTransforms(card("x", null))).toThrow(ImageSizeRequiredError);
  });
});
