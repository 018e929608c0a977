import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventsOf, trainSquares } from "../test/train-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { checkpoints } from "./checkpoints.js";
import { terminateOnNaN } from "./terminate-on-nan.js";

describe("terminateOnNaN", () => {
  it("fails the run at the step whose loss is no number, before anything is saved", async () => {
    const folder = mkdtempSync(join(tmpdir(), "convkit-nan-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { ending, events } = await trainSquares({
      learningRate: 1e30,
      callbacks: [terminateOnNaN(), checkpoints({ folder, best: null, every: { steps: 1 } })],
    });
    expect(ending.status).toBe("failed");
    expect(ending.reason).toMatch(/^loss became (NaN|Infinity) at step \d+ \(epoch 1, learning rate .*\)/);
    const lastStep = eventsOf(events, "step").at(-1)!;
    expect(Number.isFinite(lastStep.logs.loss)).toBe(false);
    const saved = await loadCheckpoint(join(folder, "last"));
    expect(saved!.state.step).toBe(lastStep.step - 1);
  });
});
