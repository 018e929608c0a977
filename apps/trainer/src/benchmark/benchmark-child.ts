/** The process that `convkit benchmark` starts for one engine: its memory is that engine's alone. */
import type { BenchmarkedEngine } from "@convkit/schema";
import { measureClassifier } from "./measure-classifier.js";
import type { BenchmarkAnswer, BenchmarkTask } from "./protocol.js";

async function benchmark({
  engine: name,
  model,
  batchSizes,
  durationMs,
}: BenchmarkTask): Promise<BenchmarkedEngine> {
  const { openEngine } = await import("@convkit/engine");
  const { device, threads, versions } = await openEngine(name, { training: false });
  const { loadClassifier } = await import("@convkit/models");
  const classifier = await loadClassifier(model, { batchSize: Math.max(1, ...batchSizes) });
  const figures = await measureClassifier(classifier, { batchSizes, durationMs });
  // Node gives KiB on every system.
  return {
    name,
    device,
    threads,
    versions,
    ...figures,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

async function answer(task: BenchmarkTask): Promise<BenchmarkAnswer> {
  try {
    return { benchmarked: await benchmark(task) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (error.name === "EngineUnavailableError")
      return { unavailable: (error as Error & { reason: string }).reason };
    return { unavailable: `it failed: ${error.message}` };
  }
}

process.once("message", (task: BenchmarkTask) => {
  void answer(task).then((told) => process.send?.(told, undefined, undefined, () => process.exit(0)));
});
