import { SweepSpec, type SweepSpecInput } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { drawTrials, TooFewValuesError } from "./draw-trials.js";

type Parameters = SweepSpecInput["parameters"];

function random(parameters: Parameters, trials: number, seed = 0) {
  return drawTrials(SweepSpec.parse({ method: { name: "random", trials, seed }, parameters }));
}

describe("a grid", () => {
  it("has every combination, the last parameter changing fastest", () => {
    const parameters: Parameters = {
      learningRate: { values: [0.1, 0.2] },
      "optimizer.name": { values: ["sgd", "adamw"] },
    };
    expect(drawTrials(SweepSpec.parse({ method: "grid", parameters }))).toEqual([
      { learningRate: 0.1, "optimizer.name": "sgd" },
      { learningRate: 0.1, "optimizer.name": "adamw" },
      { learningRate: 0.2, "optimizer.name": "sgd" },
      { learningRate: 0.2, "optimizer.name": "adamw" },
    ]);
  });
});

describe("random search", () => {
  const rate: Parameters = { learningRate: { min: 1e-4, max: 1, scale: "log" } };

  it("stays within the range, as many draws in each power of ten of a log scale", () => {
    const drawn = random(rate, 4000).map(({ learningRate }) => learningRate as number);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1);
    const perDecade = [1e-4, 1e-3, 1e-2, 1e-1].map(
      (low) => drawn.filter((value) => value >= low && value < 10 * low).length,
    );
    // 1000 each, with a standard deviation of √(4000 · ¼ · ¾) ≈ 27.
    for (const count of perDecade) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
    // On a linear scale 90 % lie above 0.1.
    const linear = random({ learningRate: { min: 1e-4, max: 1 } }, 4000);
    const high = linear.filter(({ learningRate }) => (learningRate as number) > 0.1).length;
    expect(Math.abs(high - 3600)).toBeLessThan(5 * 19);
  });

  it("draws whole numbers with both ends as likely as the rest", () => {
    // With a second parameter, so that the few numbers may come again.
    const drawn = random(
      { epochs: { min: 1, max: 4, integer: true }, learningRate: { min: 0.1, max: 1 } },
      4000,
    );
    const counts = [1, 2, 3, 4].map((epochs) => drawn.filter((each) => each["epochs"] === epochs).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(4000);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * 27);
  });

  it("draws the same by the same seed, and others by another", () => {
    expect(random(rate, 20, 7)).toEqual(random(rate, 20, 7));
    expect(random(rate, 20, 8)).not.toEqual(random(rate, 20, 7));
  });

  it("leaves the first trials as they were when there are more, and values when there are more parameters", () => {
    expect(random(rate, 30).slice(0, 20)).toEqual(random(rate, 20));
    const wider = random({ batchSize: { values: [32, 64] }, ...rate }, 20);
    expect(wider.map(({ learningRate }) => learningRate)).toEqual(
      random(rate, 20).map(({ learningRate }) => learningRate),
    );
  });

  it("draws nothing twice, up to all there is", () => {
    const parameters: Parameters = {
      batchSize: { values: [32, 64, 128] },
      epochs: { min: 1, max: 2, integer: true },
    };
    const drawn = random(parameters, 6);
    expect(new Set(drawn.map((values) => JSON.stringify(values))).size).toBe(6);
    expect(() => random(parameters, 7)).toThrow(TooFewValuesError);
    expect(() => random(parameters, 7)).toThrow("Received: 7 of 6.");
  });

  it("draws a trial that comes out as an earlier one again, and leaves that one and those before as they were", () => {
    const sizes: Parameters = { batchSize: { values: [16, 32, 64, 128] } };
    const four = random(sizes, 4);
    expect(random(sizes, 3)).toEqual(four.slice(0, 3));
    // Beside a parameter that tells trials apart, none is drawn again: some then have the size of another.
    const wider = random({ ...sizes, learningRate: { min: 0.1, max: 1 } }, 4);
    expect(wider[0]!["batchSize"]).toBe(four[0]!["batchSize"]);
    expect(new Set(wider.map(({ batchSize }) => batchSize)).size).toBeLessThan(4);
  });
});
