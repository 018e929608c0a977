import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadClassifier } from "@convkit/models";
import type { RunConfigInput, RunRequest } from "@convkit/schema";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, journalOf, lastWeights, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { loadCheckpoint } from "./checkpoint.js";
import { evaluateRun } from "./evaluate-run.js";
import { RunRequests } from "./run-requests.js";
import { resume, RunFinishedError, train } from "./train.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-requests-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

let names = 0;
const newPath = (): string => join(root, `path-${++names}`);

const STOP: RunRequest = { formatVersion: 1, action: "stop", reason: "good enough", requestedAt: 1.7e12 };
const CANCEL: RunRequest = { ...STOP, action: "cancel", reason: "needs the machine" };

describe("RunRequests", () => {
  const open: RunRequests[] = [];
  afterEach(() => open.splice(0).forEach((requests) => requests.close()));
  function watch(path: string): RunRequests {
    const requests = new RunRequests(path, { everyMs: 1e9 });
    open.push(requests);
    return requests;
  }

  it("takes a request and its file", () => {
    const path = newPath();
    const requests = watch(path);
    requests.look();
    expect([requests.stopReason, requests.cancelled.aborted]).toEqual([null, false]);
    writeFileSync(path, JSON.stringify(STOP));
    requests.look();
    expect([requests.stopReason, requests.cancelled.aborted]).toEqual(["good enough", false]);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, JSON.stringify(CANCEL));
    requests.look();
    expect(requests.cancelled).toMatchObject({ aborted: true, reason: "needs the machine" });
    expect(requests.takeRemarks()).toEqual([]);
  });

  it("answers one that is there already, by itself", async () => {
    const path = newPath();
    writeFileSync(path, JSON.stringify(STOP));
    expect(watch(path).stopReason).toBe("good enough");
    const requests = new RunRequests(path, { everyMs: 1 });
    open.push(requests);
    writeFileSync(path, JSON.stringify(CANCEL));
    await expect.poll(() => requests.cancelled.aborted).toBe(true);
  });

  it("gives half a request the time to become a whole one, and takes away what is none", () => {
    const path = newPath();
    const requests = watch(path);
    const whole = JSON.stringify(STOP);
    writeFileSync(path, whole.slice(0, 20));
    requests.look();
    writeFileSync(path, whole.slice(0, 30));
    requests.look();
    expect(requests.takeRemarks()).toEqual([]);
    writeFileSync(path, whole);
    requests.look();
    expect(requests.stopReason).toBe("good enough");

    writeFileSync(path, "stop!");
    requests.look();
    expect(existsSync(path)).toBe(true);
    requests.look();
    expect(existsSync(path)).toBe(false);
    expect(requests.takeRemarks()).toEqual([expect.stringContaining(`Received: "stop!". It was removed.`)]);
    expect(requests.takeRemarks()).toEqual([]);
  });

  it("forgets at its end what came too late", () => {
    const path = newPath();
    const requests = watch(path);
    writeFileSync(path, JSON.stringify(STOP));
    requests.close();
    expect([existsSync(path), requests.stopReason]).toEqual([false, null]);
  });
});

describe("a run that is asked", () => {
  /** Waits for the answer in the `after`-th training batch; 12 of them make an epoch. */
  function waitingConfig(run: string, request: object, after: number): RunConfigInput {
    const module = fileURLToPath(new URL("../test/fixtures/wait-for-answer.mjs", import.meta.url));
    const options = { after, file: join(run, "request.json"), request };
    const config = squaresConfig(join(root, "squares"), { epochs: 3 });
    return { ...config, transforms: { train: [{ module, options }], evaluation: [] } };
  }
  /** A thread that waits, so that the run does not. */
  const optionsFor = (run: string) => runOptions(run, { loaderWorkers: 1 });

  it("to stop in its second epoch judges the first one's weights, as early stopping would", async () => {
    const run = newPath();
    const { status, reason, report, modelDirectory } = await train(
      waitingConfig(run, STOP, 18),
      optionsFor(run),
    );
    expect([status, reason]).toEqual(["stopped", "good enough"]);
    expect(report).toMatchObject({ split: "test", testCount: 40 });
    (await loadClassifier(modelDirectory!)).dispose();
    expect(existsSync(join(run, "request.json"))).toBe(false);
    const events = journalOf(run);
    const steps = eventsOf(events, "step").map(({ step }) => step);
    expect(steps.at(-1)).toBeGreaterThan(12);
    expect(steps.at(-1)).toBeLessThan(24);
    expect(eventsOf(events, "epochEnded").map(({ epoch }) => epoch)).toEqual([1]);
    expect((await loadCheckpoint(join(run, "checkpoints/best")))!.state.step).toBe(12);
    expect((await loadCheckpoint(join(run, "checkpoints/last")))!.state).toMatchObject({
      step: steps.at(-1),
      stopReason: "good enough",
    });
    expect(events.at(-1)).toMatchObject({ type: "runEnded", status: "stopped", reason: "good enough" });
    await expect(resume(run, optionsFor(run))).rejects.toThrow(RunFinishedError);
  });

  it("to stop in its first epoch judges the weights of its last step, and says so", async () => {
    const run = newPath();
    const { status, report } = await train(waitingConfig(run, STOP, 6), optionsFor(run));
    expect([status, report?.testCount]).toEqual(["stopped", 40]);
    expect(existsSync(join(run, "checkpoints/best"))).toBe(false);
    expect(eventsOf(journalOf(run), "message").map(({ text }) => text)).toEqual([
      "The run was stopped in its first epoch: its last step counts as the best.",
    ]);
    expect((await evaluateRun(run, optionsFor(run))).report).toEqual(report);
  });

  it("to cancel saves and judges nothing, and goes on later as if it had never been asked", async () => {
    const run = newPath();
    const first = await train(waitingConfig(run, CANCEL, 18), optionsFor(run));
    expect(first).toMatchObject({ status: "interrupted", reason: "needs the machine" });
    expect(first.report).toBeUndefined();
    expect(existsSync(join(run, "report.json"))).toBe(false);

    // Left over, by someone who did not see that the run had ended.
    writeFileSync(join(run, "request.json"), JSON.stringify(CANCEL));
    const second = await resume(run, optionsFor(run));
    expect(second.status).toBe("completed");
    expect(existsSync(join(run, "request.json"))).toBe(false);
    const whole = newPath();
    await train(waitingConfig(whole, CANCEL, 0), optionsFor(whole));
    expect(await lastWeights(run)).toEqual(await lastWeights(whole));
  });
});
