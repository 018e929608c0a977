import { expect, test } from "vitest";
import { forkOf, lockOf, parseForkStep } from "./fork-locks";

const base = { batchSize: 8, optimizer: { name: "sgd", momentum: 0.9 }, ema: { decay: 0.9 } };
const config = { ...base, forkedFrom: { runId: "a", step: 3 } };
const isLocked = (...path: string[]) => lockOf(path, { config, base }) !== null;

test("a fork's fields are locked that its checkpoint is of, and no others", () => {
  expect(lockOf(["batchSize"], { config, base })).toContain("counted in steps of these pictures");
  for (const path of [["model"], ["model", "name"], ["data", "source"], ["optimizer", "name"], ["seed"]])
    expect(isLocked(...path), path.join(".")).toBe(true);
  for (const path of [
    ["learningRate"],
    ["optimizer"],
    ["optimizer", "momentum"],
    ["epochs"],
    ["data", "root"],
  ])
    expect(isLocked(...path), path.join(".")).toBe(false);
});

test("an average goes on with other settings, and one that was not kept cannot begin", () => {
  expect(isLocked("ema", "decay")).toBe(false);
  expect(isLocked("lookahead")).toBe(true);
});

test("a run that begins anew is free", () => {
  expect(lockOf(["model"], { config: base, base })).toBeNull();
  expect(forkOf(base)).toBeNull();
  expect(forkOf({ forkedFrom: { runId: "a" } })).toEqual({ runId: "a", step: "last" });
});

test("a link names a checkpoint by its kind or its steps", () => {
  expect(["last", "best", "120", "-1", "", "first", null].map(parseForkStep)).toEqual([
    "last",
    "best",
    120,
    null,
    null,
    null,
    null,
  ]);
});
