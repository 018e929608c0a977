import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunConfigInput, TrainEvent } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventsOf, journalOf, runOptions as optionsFor, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { evaluateRun } from "./evaluate-run.js";
import { resume, RunFinishedError, train } from "./train.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-artifacts-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) => squaresConfig(join(root, "squares"), more);

let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);

const JUDGEMENT = [
  ["model/README.md", "text/markdown"],
  ["model/model-card.json", "application/json"],
  ["model/model.json", "application/json"],
  ["model/weights.bin", "application/octet-stream"],
  ["predictions.bin", "application/octet-stream"],
  ["predictions-validation.bin", "application/octet-stream"],
  ["report.md", "text/markdown"],
  ["report.html", "text/html"],
  ["report.json", "application/json"],
];
const BEST = ["checkpoints/best/checkpoint.safetensors", "application/octet-stream"];

const savedIn = (events: readonly TrainEvent[]) =>
  eventsOf(events, "artifactSaved").map(({ path, mediaType }) => [path, mediaType]);

describe("a run's artifacts", () => {
  it("are told once, at the end, with what their bytes hash to", async () => {
    const run = newRun();
    await train(configOf(), optionsFor(run));
    const events = journalOf(run);
    expect(savedIn(events)).toEqual([BEST, ...JUDGEMENT]);
    for (const { path, sha256, sizeBytes } of eventsOf(events, "artifactSaved")) {
      const bytes = readFileSync(join(run, path));
      expect([path, sizeBytes, sha256]).toEqual([
        path,
        bytes.length,
        createHash("sha256").update(bytes).digest("hex"),
      ]);
    }
    expect(events.slice(-3).map(({ type }) => type)).toEqual(["artifactSaved", "evaluated", "runEnded"]);
    expect(eventsOf(events, "system").length).toBeGreaterThan(0);
  });

  it("are those that there are, where nothing was judged", async () => {
    writeSquares(join(root, "no-test"), { train: 60, test: 0 });
    const data = { source: join(root, "no-test"), validationFraction: 0, testFraction: 0 };
    const run = newRun();
    await train(configOf({ data, epochs: 1 }), optionsFor(run));
    expect(savedIn(journalOf(run))).toEqual([BEST, ...JUDGEMENT.slice(0, 4)]);
  });

  it("are not told of a run that is to go on", async () => {
    const run = newRun();
    const signal = AbortSignal.abort(new Error("SIGINT"));
    expect((await train(configOf(), optionsFor(run, { signal }))).status).toBe("interrupted");
    expect(savedIn(journalOf(run))).toEqual([]);
  });

  it("are told again behind the end of the attempt when the run is judged again", async () => {
    const run = newRun();
    await train(configOf(), optionsFor(run));
    const before = journalOf(run);
    const heard: TrainEvent[] = [];
    await evaluateRun(run, optionsFor(run, { onEvent: (event) => heard.push(event) }));
    const events = journalOf(run);
    expect(events.slice(0, before.length)).toEqual(before);
    expect(events.slice(before.length)).toEqual(heard);
    expect(events.map(({ attempt, sequence }) => [attempt, sequence])).toEqual(
      events.map((_, index) => [1, index]),
    );
    expect(savedIn(heard)).toEqual(JUDGEMENT);
    expect(heard.at(-1)).toMatchObject({ type: "evaluated", split: "test", count: 40 });
    // The run is as finished as before.
    await expect(resume(run, optionsFor(run))).rejects.toThrow(RunFinishedError);
  });
});
