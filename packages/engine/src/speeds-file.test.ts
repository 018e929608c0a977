import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Comparison, recallComparison, rememberComparison } from "./speeds-file.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "convkit-speeds-file-"));
  file = path.join(folder, "convkit", "engine-speeds.json");
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const comparison: Comparison = {
  date: "2026-11-23T00:00:00.000Z",
  outcomes: { native: { gflopsPerSecond: 62 }, tensorflow: { reason: "it does not load" } },
};

it("gives back what it was given, each under its key", async () => {
  expect(await recallComparison("this machine")).toBeNull();
  await rememberComparison("this machine", comparison);
  await rememberComparison("another", { ...comparison, outcomes: {} });
  expect(await recallComparison("this machine")).toEqual(comparison);
  expect(await recallComparison("another")).toEqual({ ...comparison, outcomes: {} });
  expect(await recallComparison("constructor")).toBeNull();
});

it("leaves nothing but the file", async () => {
  await Promise.all(["a", "b", "c"].map((key) => rememberComparison(key, comparison)));
  expect(await readdir(path.dirname(file))).toEqual(["engine-speeds.json"]);
});

it.each([
  ["nothing", ""],
  ["half an object", '{"formatVersion":1,"compar'],
  ["another value", "null"],
  ["another format", '{"formatVersion":2,"comparisons":{}}'],
  ["an outcome that is none", '{"formatVersion":1,"comparisons":{"x":{"date":"","outcomes":{"native":{}}}}}'],
  [
    "an unknown engine",
    '{"formatVersion":1,"comparisons":{"x":{"date":"","outcomes":{"gpu":{"reason":""}}}}}',
  ],
])("holding %s it knows nothing, and is written anew", async (_, content) => {
  await rememberComparison("x", comparison);
  await writeFile(file, content);
  expect(await recallComparison("x")).toBeNull();
  await rememberComparison("y", comparison);
  expect(Object.keys(JSON.parse(await readFile(file, "utf8")).comparisons)).toEqual(["y"]);
});

it("is no error where it cannot be written", async () => {
  await writeFile(path.join(folder, "convkit"), "a file, where the folder should be");
  await rememberComparison("x", comparison);
  expect(await recallComparison("x")).toBeNull();
});
