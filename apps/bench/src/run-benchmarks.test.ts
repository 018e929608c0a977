import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BenchArguments, BenchmarkName } from "./bench-arguments.js";
import type { BenchmarkResult } from "./report.js";
import { runBenchmarks } from "./run-benchmarks.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "convkit-bench-"))));
afterAll(() => rm(folder, { recursive: true }));

const read = async (file: string) => JSON.parse(await readFile(file, "utf8")) as { results: object };

function run(
  measure: (name: BenchmarkName) => Promise<BenchmarkResult>,
  { benchmarks, jsonPath }: Pick<BenchArguments, "benchmarks" | "jsonPath">,
) {
  const printed: string[] = [];
  const all = {
    step: () => measure("step"),
    memory: () => measure("memory"),
    scaling: () => measure("scaling"),
    recipe: () => measure("recipe"),
    loader: () => measure("loader"),
    transforms: () => measure("transforms"),
    kernels: () => measure("kernels"),
    dashboard: () => measure("dashboard"),
    pages: () => measure("pages"),
    recording: () => measure("recording"),
  };
  const print = (text: string) => void printed.push(text);
  const options = { benchmarks, jsonPath, rounds: 1, markdown: false, command: "pnpm bench", print };
  return runBenchmarks(all, options).then((isComplete) => ({ isComplete, printed: printed.join("\n") }));
}

const result = (name: string): BenchmarkResult => ({
  title: name,
  notes: [],
  columns: ["a"],
  rows: [["1"]],
  data: { name },
});

it("writes what is measured so far before it measures the next, and goes on after a failure", async () => {
  const jsonPath = path.join(folder, "results.json");
  const seen: object[] = [];
  const { isComplete, printed } = await run(
    async (name) => {
      seen.push((await read(jsonPath)).results);
      if (name === "loader") throw new Error("a worker died");
      return result(name);
    },
    { benchmarks: ["step", "loader", "kernels"], jsonPath },
  );
  const loader = { notMeasured: "a worker died" };
  expect(seen).toEqual([{}, { step: { name: "step" } }, { step: { name: "step" }, loader }]);
  expect((await read(jsonPath)).results).toEqual({
    step: { name: "step" },
    loader,
    kernels: { name: "kernels" },
  });
  expect(isComplete).toBe(false);
  expect(printed).toContain("loader\nnot measured: a worker died");
});

it("measures nothing where the results cannot be written", async () => {
  let isMeasured = false;
  const measure = async (name: BenchmarkName) => ((isMeasured = true), result(name));
  const jsonPath = path.join(folder, "nowhere", "results.json");
  await expect(run(measure, { benchmarks: ["step"], jsonPath })).rejects.toThrow("ENOENT");
  expect(isMeasured).toBe(false);
});
