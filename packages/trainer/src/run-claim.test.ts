import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { RunClaim } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalOf, runOptions, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { StaleAttemptError } from "./journal.js";
import { RunClaimedError } from "./run-claim.js";
import { resume, train } from "./train.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-claim-"));
  writeSquares(join(root, "squares"), { train: 60, test: 20 });
});
afterAll(() => rmSync(root, { recursive: true }));

const config = () => squaresConfig(join(root, "squares"), { epochs: 1 });
const CLAIM: RunClaim = { formatVersion: 1, jobId: "job-7", server: "http://lab:4321", fence: 2 };
const attemptsIn = (run: string) => [...new Set(journalOf(run).map(({ attempt }) => attempt))];

let runs = 0;
/** A claimed run whose second attempt was interrupted at once; it began with that number on this machine. */
async function interruptedRun(claim = JSON.stringify(CLAIM)): Promise<string> {
  const run = join(root, `run-${++runs}`);
  mkdirSync(run);
  writeFileSync(join(run, "claim.json"), claim);
  const signal = AbortSignal.abort(new Error("lost"));
  expect((await train(config(), runOptions(run, { signal, attempt: 2 }))).status).toBe("interrupted");
  expect(attemptsIn(run)).toEqual([2]);
  return run;
}

describe("a run that belongs to a queue", () => {
  it("opens with its worker's attempt and goes on with the worker's next", async () => {
    const run = await interruptedRun();
    expect(journalOf(run)[0]).toMatchObject({ type: "runStarted", attempt: 2, sequence: 0 });
    await expect(resume(run, { ...runOptions(run), attempt: 2 })).rejects.toThrow(StaleAttemptError);
    await expect(resume(run, { ...runOptions(run), attempt: 2.5 })).rejects.toThrow(
      "Expected `attempt` to be an integer from 3 up",
    );
    expect((await resume(run, { ...runOptions(run), attempt: 5 })).status).toBe("completed");
    expect(attemptsIn(run)).toEqual([2, 5]);
    expect(existsSync(join(run, "claim.json"))).toBe(true);
  });

  it.each([
    ["whole", JSON.stringify(CLAIM), "belongs to job job-7 of http://lab:4321 and may go on"],
    ["damaged", '{"formatVersion":1,', "claim.json that cannot be read"],
  ])("is refused to everybody else by a %s claim, unless it is detached", async (_, claim, words) => {
    const run = await interruptedRun(claim);
    const refusal = resume(run, runOptions(run));
    await expect(refusal).rejects.toThrow(RunClaimedError);
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.toThrow(`convkit resume ${basename(run)} --detach`);
    expect(attemptsIn(run)).toEqual([2]);
    expect((await resume(run, { ...runOptions(run), detach: true })).status).toBe("completed");
    expect(existsSync(join(run, "claim.json"))).toBe(false);
    expect(attemptsIn(run)).toEqual([2, 3]);
  });
});

describe("train", () => {
  it("takes a run's id from outside, but no path", async () => {
    const options = { ...runOptions(join(root, "named")), runDirectory: undefined };
    const { directory, runId } = await train(config(), { ...options, runId: "from-queue" });
    expect([runId, directory]).toEqual(["from-queue", join(options.home, "runs", "from-queue")]);
    await expect(train(config(), { ...options, runId: "../elsewhere" })).rejects.toMatchObject({
      name: "ZodError",
    });
    await expect(train(config(), { ...runOptions(join(root, "twice")), runId: "x" })).rejects.toThrow(
      "Received: both, x and",
    );
  });

  it("takes no attempt below the first, and leaves no folder then", async () => {
    const run = join(root, "zeroth");
    await expect(train(config(), runOptions(run, { attempt: 0 }))).rejects.toThrow(StaleAttemptError);
    expect(existsSync(run)).toBe(false);
  });
});
