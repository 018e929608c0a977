import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunConfigInput, TrainEvent } from "@convkit/schema";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventsOf, journalOf, lastWeights, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import {
  checkpointFile,
  CheckpointCorruptError,
  CheckpointVersionError,
  loadCheckpoint,
  saveCheckpoint,
} from "./checkpoint.js";
import { evaluateRun } from "./evaluate-run.js";
import { resume, train } from "./train.js";

let root: string;
/** Two epochs of 12 steps that nothing interrupted. */
let whole: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "convkit-intact-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
  whole = newRun();
  await train(configOf(), runOptions(whole));
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) => squaresConfig(join(root, "squares"), more);
let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);
const fileOf = (run: string, name: string) => checkpointFile(join(run, "checkpoints", name));

/** A run that was interrupted after so many steps: `best` of step 12, `last` of that step. */
async function cutAt(step: number, more: Partial<RunConfigInput> = {}): Promise<string> {
  const run = newRun();
  const controller = new AbortController();
  const onEvent = (event: TrainEvent): void => {
    if (event.type === "step" && event.step === step) controller.abort(new Error("SIGINT"));
  };
  await train(configOf(more), runOptions(run, { signal: controller.signal, onEvent }));
  return run;
}

function truncate(path: string): void {
  writeFileSync(path, readFileSync(path).subarray(0, -100));
}

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 5]! ^= 4;
  writeFileSync(path, bytes);
}

describe("going on", () => {
  let run: string;
  beforeEach(async () => void (run = await cutAt(17)));

  it.each([
    ["torn", truncate],
    ["altered by a bit", flipBit],
  ])("takes the one before where the newest is %s, and ends as if it had been whole", async (_, damage) => {
    damage(fileOf(run, "last"));
    const bytes = readFileSync(fileOf(run, "last"));
    expect((await resume(run, runOptions(run))).status).toBe("completed");
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
    expect(eventsOf(journalOf(run), "resumed")).toMatchObject([{ fromStep: 12, fromEpoch: 1 }]);
    const [warning] = eventsOf(journalOf(run), "message");
    expect(warning).toMatchObject({ level: "warning", attempt: 2 });
    expect(warning!.text).toContain(`${fileOf(run, "last")} is damaged: `);
    expect(warning!.text).toContain("It was renamed to checkpoint.safetensors.damaged.");
    expect(readFileSync(`${fileOf(run, "last")}.damaged`)).toEqual(bytes);
  });

  it("judges the best of the epochs that are left where the best one's weights are gone", async () => {
    flipBit(fileOf(run, "best"));
    const result = await resume(run, runOptions(run));
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
    expect((await loadCheckpoint(join(run, "checkpoints/best")))!.state.step).toBe(24);
    expect(result.report!.testCount).toBe(40);
  });

  it("takes one that was kept for itself where that is the newest", async () => {
    const kept = await cutAt(17, { checkpoint: { monitor: "val_accuracy", everySteps: 7, keep: 5 } });
    const names = ["best", "last", "step-000007", "step-000014"];
    expect(readdirSync(join(kept, "checkpoints")).sort()).toEqual(names);
    truncate(fileOf(kept, "last"));
    await resume(kept, runOptions(kept));
    expect(eventsOf(journalOf(kept), "resumed")).toMatchObject([{ fromStep: 14, fromEpoch: 1 }]);
    expect(await lastWeights(kept)).toEqual(await lastWeights(whole));
    expect(readdirSync(join(kept, "checkpoints")).sort()).toEqual([...names, "step-000021"]);
  });

  it("puts a second damaged file beside the first", async () => {
    truncate(fileOf(run, "last"));
    const controller = new AbortController();
    const onEvent = (event: TrainEvent): void => {
      if (event.type === "step" && event.step === 14) controller.abort(new Error("SIGINT"));
    };
    await resume(run, runOptions(run, { signal: controller.signal, onEvent }));
    flipBit(fileOf(run, "last"));
    await resume(run, runOptions(run));
    expect(readdirSync(join(run, "checkpoints/last")).sort()).toEqual([
      "checkpoint.safetensors",
      "checkpoint.safetensors.damaged",
      "checkpoint.safetensors.damaged-2",
    ]);
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
  });

  it("refuses where all are damaged, names each, and begins anew when it is asked again", async () => {
    truncate(fileOf(run, "last"));
    flipBit(fileOf(run, "best"));
    const refusal = await resume(run, runOptions(run)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CheckpointCorruptError);
    for (const part of [fileOf(run, "last"), fileOf(run, "best"), "begins the run anew"]) {
      expect((refusal as Error).message).toContain(part);
    }
    await resume(run, runOptions(run));
    expect(eventsOf(journalOf(run), "resumed").at(-1)).toMatchObject({ fromStep: 0, fromEpoch: 0 });
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
  });

  it("leaves a checkpoint of a newer format where it is", async () => {
    const saved = (await loadCheckpoint(join(run, "checkpoints/last")))!;
    const newer = { ...saved, state: { ...saved.state, formatVersion: 2 as 1 } };
    await saveCheckpoint(join(run, "checkpoints/last"), newer);
    const going = resume(run, runOptions(run));
    await expect(going).rejects.toThrow(CheckpointVersionError);
    await expect(going).rejects.toThrow("which a newer convkit wrote");
    expect(existsSync(fileOf(run, "last"))).toBe(true);
  });
});

describe("judging again", () => {
  it("takes the newest where the best is damaged, and says so", async () => {
    const run = newRun();
    await train(configOf({ epochs: 1 }), runOptions(run));
    const before = readFileSync(join(run, "report.json"));
    truncate(fileOf(run, "best"));
    const { remarks } = await evaluateRun(run, runOptions(run));
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toContain(`${fileOf(run, "best")} is damaged`);
    // The only epoch was the best: the last weights are the same.
    expect(readFileSync(join(run, "report.json"))).toEqual(before);
    expect((await evaluateRun(run, runOptions(run))).remarks).toEqual([]);
  });
});
