import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { RunConfigInput } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOptions as optionsFor, squaresConfig } from "../test/squares-run.js";
import { writeSquares } from "../test/write-squares.js";
import { evaluateRun } from "./evaluate-run.js";
import { NothingToJudgeError } from "./judge.js";
import { readJournal } from "./journal.js";
import { withRunArtifacts } from "./run-artifacts.js";
import { train } from "./train.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convkit-evaluate-run-"));
  writeSquares(join(root, "squares"), { train: 200, test: 40 });
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (more: Partial<RunConfigInput> = {}) => squaresConfig(join(root, "squares"), more);

let runs = 0;
const newRun = (): string => join(root, `run-${++runs}`);

describe("evaluateRun", () => {
  it("writes the same reports again", async () => {
    const run = newRun();
    await train(configOf(), optionsFor(run));
    const predictions = ["predictions.bin", "predictions-validation.bin"];
    const names = [...predictions, "report.json", "report.html", "report.md"];
    const before = names.map((name) => readFileSync(join(run, name)));
    names.forEach((name) => rmSync(join(run, name)));
    const { report, runId } = await evaluateRun(run, optionsFor(run));
    expect(runId).toBe(basename(run));
    expect(report.testCount).toBe(40);
    expect(names.map((name) => readFileSync(join(run, name)))).toEqual(before);
  });

  it("keeps what was written into the model's card", async () => {
    const run = newRun();
    await train(configOf(), optionsFor(run));
    const card = join(run, "model/README.md");
    const first = readFileSync(card, "utf8");
    expect(first).toContain("40 pictures: the test split, held back from training.");
    const edited = first.replace(/## Intended use[^]*?(?=\n## )/, "## Intended use\n\nFor squares alone.\n");
    expect(edited).not.toBe(first);
    writeFileSync(card, edited.replace("40 pictures", "4 pictures"));
    await evaluateRun(run, optionsFor(run));
    expect(readFileSync(card, "utf8")).toBe(edited);
  });

  it("writes the card in words anew when something is added to it, and keeps what was written into it", async () => {
    const run = newRun();
    await train(configOf(), optionsFor(run));
    const card = join(run, "model/README.md");
    const edited = readFileSync(card, "utf8").replace(
      /## Intended use[^]*?(?=\n## )/,
      "## Intended use\n\nFor squares alone.\n",
    );
    writeFileSync(card, edited);
    const verification = {
      verifiedAt: "2026-11-28T10:15:00.000Z",
      engine: "native",
      browser: "Chromium 150.0",
      backend: "wasm" as const,
      sameBytes: { count: 40, largestLogitDifference: 0.0005, meanLogitDifference: 0.0001, agreement: 1 },
    };
    await withRunArtifacts(run, (opened) => opened.amendModelCard({ verification }));
    const again = readFileSync(card, "utf8");
    const added = again
      .split("\n")
      .filter((line) => line.startsWith("- In a browser (Chromium 150.0, wasm)"));
    expect(added).toHaveLength(1);
    expect(again.replace(`${added[0]!}\n`, "")).toBe(edited);
    const saved = readJournal(join(run, "events.jsonl")).findLast(
      (event) => event.type === "artifactSaved" && event.path === "model/README.md",
    );
    expect(saved).toMatchObject({ sizeBytes: Buffer.byteLength(again) });
  });

  it("refuses a run without a best checkpoint", async () => {
    const run = newRun();
    const { status } = await train(configOf({ learningRate: 1e30 }), optionsFor(run));
    expect(status).toBe("failed");
    await expect(evaluateRun(run, optionsFor(run))).rejects.toThrow(NothingToJudgeError);
  });

  it("refuses a run that failed before it began, whatever was wrong with it", async () => {
    const run = newRun();
    const model = { name: "no-such-network" };
    await expect(train(configOf({ model }), optionsFor(run))).rejects.toThrow("no-such-network");
    await expect(evaluateRun(run, optionsFor(run))).rejects.toThrow(
      `Resume it first: convkit resume ${basename(run)}`,
    );
  });
});
