import type { BenchmarkedEngine, BenchmarkReport } from "@convkit/schema";
import { expect, it } from "vitest";
import { withEarlierFigures } from "./earlier-figures.js";

const engine = (name: string, p50: number, measuredAt?: string): BenchmarkedEngine => ({
  name,
  device: "a processor",
  threads: 1,
  versions: {},
  latencyMs: { min: 1, p50, p90: 9, p99: 9, count: 3 },
  throughput: [],
  peakMemoryBytes: 1,
  ...(measuredAt !== undefined && { measuredAt }),
});
const report = (measuredAt: string, engines: BenchmarkedEngine[], more: Partial<BenchmarkReport> = {}) => ({
  formatVersion: 1 as const,
  runId: "run",
  measuredAt,
  cpu: "a processor",
  inputShape: [8, 8, 3] as [number, number, number],
  parameters: 1234,
  modelBytes: 5000,
  engines,
  unavailable: [],
  ...more,
});
const [FIRST, THEN, NOW] = ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"];

it("keeps engines that were not measured anew, each with the time of its own measurement", () => {
  const earlier = report(THEN, [engine("cpu", 2), engine("wasm", 3), engine("native", 4, FIRST)], {
    unavailable: [{ name: "tensorflow", reason: "it is not installed" }],
  });
  const merged = withEarlierFigures(report(NOW, [engine("cpu", 5)]), JSON.stringify(earlier));
  expect(merged).toEqual({
    report: report(NOW, [engine("cpu", 5), engine("wasm", 3, THEN), engine("native", 4, FIRST)]),
    remarks: ["Kept the earlier figures of wasm, native."],
  });
});

it("sets no figures beside those of another processor or network, and says that they went", () => {
  const now = report(NOW, [engine("cpu", 5)]);
  const after = (more: Partial<BenchmarkReport>) =>
    withEarlierFigures(now, JSON.stringify(report(THEN, [engine("wasm", 3)], more)));
  const remark = "Replaced the earlier figures of wasm: they were measured";
  expect(after({ cpu: "another" })).toEqual({ report: now, remarks: [`${remark} on another.`] });
  expect(after({ parameters: 99_000 }).remarks).toEqual([
    `${remark} with a network of 99,000 parameters for pictures of 8×8×3.`,
  ]);
  expect(after({ inputShape: [8, 8, 1] }).report).toEqual(now);
  expect(withEarlierFigures(now, "{").remarks).toEqual([
    "The earlier benchmark.json could not be read, and was replaced.",
  ]);
});
