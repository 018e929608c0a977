import { Rng } from "@convkit/random";
import { DatasetCard, RunConfig, TransformPreset } from "@convkit/schema";
import { createTransformPipeline } from "@convkit/transforms";
import { describe, expect, it } from "vitest";
import { presetTransforms } from "./transform-presets.js";

function card(source: string, imageShape: [number, number, number]): DatasetCard {
  const statistics = { mean: new Array(imageShape[2]).fill(0.5), std: new Array(imageShape[2]).fill(0.25) };
  const facts = { formatVersion: 1, name: "x", contentHash: "h", classNames: ["a"], splits: {} };
  return DatasetCard.parse({ ...facts, source, imageShape, ...statistics });
}

const names = (preset: TransformPreset, of: DatasetCard) =>
  presetTransforms(preset, of).train.map(({ name }) => name);

const SMALL = card("cifar10", [32, 32, 3]);
const LARGE = card("./photos", [160, 224, 3]);
const DIGITS = card("mnist", [28, 28, 1]);

describe("presetTransforms", () => {
  it("go from nothing to everything on small pictures", () => {
    expect(names("none", SMALL)).toEqual(["Normalize"]);
    expect(names("light", SMALL)).toEqual(["RandomCrop", "RandomHorizontalFlip", "Normalize"]);
    expect(names("standard", SMALL)).toEqual([
      "RandomCrop",
      "RandomHorizontalFlip",
      "Normalize",
      "RandomErasing",
    ]);
    expect(names("strong", SMALL)).toEqual([
      "RandomCrop",
      "RandomHorizontalFlip",
      "TrivialAugmentWide",
      "Normalize",
      "RandomErasing",
    ]);
    expect(presetTransforms("strong", SMALL).batch).toEqual([
      { name: "MixUp", alpha: 0.2, p: 1 },
      { name: "CutMix", alpha: 1, p: 1 },
    ]);
  });

  it("scale larger pictures, and keep their size", () => {
    expect(names("light", LARGE)[0]).toBe("RandomCrop");
    expect(names("standard", LARGE)).toEqual([
      "RandomResizedCrop",
      "RandomHorizontalFlip",
      "TrivialAugmentWide",
      "Normalize",
      "RandomErasing",
    ]);
    expect(presetTransforms("standard", LARGE).train).toMatchObject([
      { size: [160, 224] },
      {},
      {},
      {},
      { p: 0.1 },
    ]);
    expect(names("standard", card("./photos", [95, 300, 3]))[0]).toBe("RandomCrop");
    expect(names("standard", card("./photos", [96, 300, 3]))[0]).toBe("RandomResizedCrop");
  });

  it("neither mirror nor turn far what then is something else", () => {
    expect(names("strong", DIGITS)).toEqual(["RandomCrop", "RandAugment", "Normalize", "RandomErasing"]);
  });

  it.each(TransformPreset.options)("%s can be stored, and makes pictures of the old size", (preset) => {
    for (const each of [SMALL, LARGE, DIGITS, card("./thin", [1, 9, 1])]) {
      const transforms = presetTransforms(preset, each);
      const config = { data: { source: "x" }, model: "resnet9", transforms };
      expect(RunConfig.parse(JSON.parse(JSON.stringify(config))).transforms).toEqual(transforms);
      const [height, width, channels] = each.imageShape!;
      const shape = { count: 2, height, width, channels };
      const rngs = [1, 2].map((seed) => Rng.fromSeed(seed));
      const bytes = Uint8Array.from({ length: 2 * height * width * channels }, (_, i) => i % 251);
      const made = createTransformPipeline(transforms.train).apply(bytes, shape, rngs);
      expect(made.shape).toEqual(shape);
      expect(made.images.every(Number.isFinite)).toBe(true);
      expect(transforms.evaluation.map(({ name }) => name)).toEqual(["Normalize"]);
    }
  });
});
