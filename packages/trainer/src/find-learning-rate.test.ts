import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { findLearningRate } from "./find-learning-rate.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-rates-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

const options = () => ({ home: join(root, "home"), loaderWorkers: 0 });

describe("findLearningRate", () => {
  it("rises until the loss diverges, suggests a rate that the network learns at, and leaves nothing behind", async () => {
    const before = tf.memory().numTensors;
    const steps: number[] = [];
    const config = squaresConfig(join(root, "squares"), { ema: { decay: 0.9 } });
    const onStep = (_: unknown, step: number): void => void steps.push(step);
    const range = { to: 1e4 };
    const { points, isDiverged, suggestion } = await findLearningRate(config, {
      ...options(),
      onStep,
      range,
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(isDiverged).toBe(true);
    expect(points.length).toBeLessThanOrEqual(100);
    expect(steps).toEqual(points.map((_, i) => i + 1));
    expect(points[0]!.learningRate).toBe(1e-6);
    // Untrained: about ln 3.
    expect(points[0]!.loss).toBeGreaterThan(0.5);
    for (const rate of [suggestion!.steepest, suggestion!.valley]) {
      expect(rate).toBeGreaterThan(1e-4);
      expect(rate).toBeLessThan(10);
    }
    expect(readdirSync(join(root, "home"))).not.toContain("runs");
  });

  it("says the same twice, and ends when it is told to", async () => {
    const config = squaresConfig(join(root, "squares"));
    const find = () => findLearningRate(config, { ...options(), range: { steps: 20, to: 1e-2 } });
    const [first, second] = [await find(), await find()];
    expect(second).toEqual(first);
    expect([first.points.length, first.isDiverged]).toEqual([20, false]);
    expect(first.points.at(-1)!.learningRate).toBeCloseTo(1e-2, 12);
    const stopped = { ...options(), signal: AbortSignal.abort(new Error("SIGINT")) };
    await expect(findLearningRate(config, stopped)).rejects.toThrow("SIGINT");
  });
});
