import { Rng } from "@convkit/random";
import { BatchTransformSpec } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { applyMix, drawMix, type BatchMix } from "./batch-mix.js";
import { rolled } from "./pairing.js";

const spec = (name: "MixUp" | "CutMix", more: object = {}) => BatchTransformSpec.parse({ name, ...more });
const SHAPE = { count: 4, height: 12, width: 20, channels: 3 };

function draws(specs: readonly BatchTransformSpec[], { count = 2000, epoch = 1 } = {}): (BatchMix | null)[] {
  const rng = Rng.fromSeed(0);
  return Array.from({ length: count }, (_, i) => drawMix(specs, { rng: rng.split(i), epoch, shape: SHAPE }));
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("MixUp", () => {
  it("adds the share that is left of the picture before, the first's being the last", () => {
    // Three pictures of one pixel and two channels.
    const images = Float32Array.of(1, 10, 2, 20, 4, 40);
    applyMix(images, { count: 3, height: 1, width: 1, channels: 2 }, { name: "MixUp", weight: 0.75 });
    expect([...images]).toEqual([1.75, 17.5, 1.75, 17.5, 3.5, 35]);
    expect([...rolled(Int32Array.of(7, 8, 9))]).toEqual([9, 7, 8]);
  });

  it("leaves a batch of one as it is, and one of none", () => {
    const images = Float32Array.of(1, 2);
    applyMix(images, { count: 1, height: 1, width: 2, channels: 1 }, { name: "MixUp", weight: 0.25 });
    expect([...images]).toEqual([1, 2]);
    expect([...rolled(Int32Array.of(7))]).toEqual([7]);
    applyMix(new Float32Array(), { ...SHAPE, count: 0 }, { name: "MixUp", weight: 0.25 });
    expect([...rolled(new Int32Array())]).toEqual([]);
  });

  it.each([0.2, 1, 4])("draws shares of Beta(α, α) for α = %f", (alpha) => {
    const shares = draws([spec("MixUp", { alpha })]).map((mix) => mix!.weight);
    // Mean ½, variance 1 / (4·(2α + 1)), by more than five standard errors.
    const variance = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(meanOf(shares) - 0.5)).toBeLessThan(5 * Math.sqrt(variance / 2000));
    expect(Math.abs(meanOf(shares.map((share) => (share - 0.5) ** 2)) - variance)).toBeLessThan(0.02);
  });

  it("draws one of the ends where alpha is next to nothing", () => {
    const shares = draws([spec("MixUp", { alpha: 1e-9 })], { count: 100 }).map((mix) => mix!.weight);
    expect(new Set(shares)).toEqual(new Set([0, 1]));
  });
});

describe("CutMix", () => {
  it("takes a rectangle of the picture before", () => {
    // Two pictures of 2×3.
    const images = Float32Array.of(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16);
    const box = { top: 0, left: 1, height: 2, width: 1 };
    applyMix(images, { count: 2, height: 2, width: 3, channels: 1 }, { name: "CutMix", weight: 2 / 3, box });
    expect([...images]).toEqual([1, 12, 3, 4, 15, 6, 11, 2, 13, 14, 5, 16]);
  });

  it("draws rectangles that lie in the picture, and weighs by their area as it was cut off", () => {
    const weights = draws([spec("CutMix")]).map((mix) => {
      if (mix?.name !== "CutMix") throw new Error(`Expected CutMix. Received: ${mix?.name}.`);
      const { top, left, height, width } = mix.box;
      expect(Math.min(top, left, height, width)).toBeGreaterThanOrEqual(0);
      expect(top + height).toBeLessThanOrEqual(SHAPE.height);
      expect(left + width).toBeLessThanOrEqual(SHAPE.width);
      expect(mix.weight).toBe(1 - (height * width) / 240);
      return mix.weight;
    });
    // Whole pictures are only taken where the middle is in the middle: what is cut off leaves more than half.
    expect(Math.max(...weights)).toBe(1);
    expect(meanOf(weights)).toBeGreaterThan(0.5);
  });
});

describe("a list of batch transforms", () => {
  const counts = (mixes: readonly (BatchMix | null)[]) =>
    ["MixUp", "CutMix", undefined].map((name) => mixes.filter((mix) => mix?.name === name).length);

  it("does nothing if it is empty", () => {
    expect(counts(draws([]))).toEqual([0, 0, 2000]);
  });

  it("does each with its probability, and of several one, each as likely", () => {
    const [mixed = 0] = counts(draws([spec("MixUp", { p: 0.25 })]));
    expect(Math.abs(mixed - 500)).toBeLessThan(5 * Math.sqrt(2000 * 0.25 * 0.75));
    const [up = 0, cut = 0, none] = counts(draws([spec("MixUp"), spec("CutMix")]));
    expect(Math.abs(up - 1000)).toBeLessThan(5 * Math.sqrt(500));
    expect([up + cut, none]).toEqual([2000, 0]);
  });

  it("does each until its epoch, and from then on the others", () => {
    const both = [spec("MixUp", { untilEpoch: 3 }), spec("CutMix", { untilEpoch: 5 })];
    expect(counts(draws(both, { epoch: 3 }))[0]).toBeGreaterThan(800);
    expect(counts(draws(both, { epoch: 4 }))).toEqual([0, 2000, 0]);
    expect(counts(draws(both, { epoch: 5 }))).toEqual([0, 2000, 0]);
    expect(counts(draws(both, { epoch: 6 }))).toEqual([0, 0, 2000]);
  });
});
