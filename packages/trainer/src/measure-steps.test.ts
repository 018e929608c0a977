import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunConfig } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { allThawed, measureSteps } from "./measure-steps.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-steps-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

const options = () => ({ home: join(root, "home"), loaderWorkers: 0, durationMs: 0 });

describe("measureSteps", () => {
  it("says what a step takes, over as many epochs as it needs, and leaves nothing behind", async () => {
    const before = tf.memory().numTensors;
    // Two batches an epoch, and 2 + 3 steps.
    const config = squaresConfig(join(root, "squares"), { batchSize: 80, ema: { decay: 0.9 } });
    const measured = await measureSteps(config, options());
    expect(tf.memory().numTensors).toBe(before);
    expect(measured).toMatchObject({ batchSize: 80, trainingImages: expect.any(Number) as number, steps: 3 });
    expect(measured.imagesPerSecond).toBeCloseTo(80_000 / measured.stepMs, 6);
    expect(measured.peakMemoryBytes).toBeGreaterThan(2 ** 20);
    expect(readdirSync(join(root, "home"))).not.toContain("runs");
  });

  it("trains what the last epochs do: stages that are unfrozen by then, but none that rests for good", () => {
    const config = RunConfig.parse(squaresConfig(join(root, "squares")));
    const resting = { ...config, freeze: { stages: "features" as const } };
    expect(allThawed(resting)).toBe(resting);
    expect(allThawed({ ...config, freeze: { stages: "features", untilEpoch: 2, everyEpochs: 1 } })).toEqual(
      config,
    );
  });

  it("counts all batches of a step, and no more pictures than there are", async () => {
    const config = squaresConfig(join(root, "squares"), { batchSize: 1000, accumulate: 2 });
    const { batchSize, trainingImages, imagesPerSecond, stepMs } = await measureSteps(config, options());
    expect(batchSize).toBe(trainingImages);
    expect(imagesPerSecond).toBeCloseTo((1000 * trainingImages) / stepMs, 6);
    const twoBatches = squaresConfig(join(root, "squares"), { batchSize: 20, accumulate: 2 });
    const measured = await measureSteps(twoBatches, options());
    expect(measured.imagesPerSecond).toBeCloseTo(40_000 / measured.stepMs, 6);
  });

  it("ends when it is told to", async () => {
    const stopped = { ...options(), signal: AbortSignal.abort(new Error("SIGINT")) };
    await expect(measureSteps(squaresConfig(join(root, "squares")), stopped)).rejects.toThrow("SIGINT");
  });
});
