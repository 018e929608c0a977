/** Which engines this machine can train with, for people to see where a job goes. */
import { describeEngine, ENGINE_ORDER } from "@convkit/engine";
import type { WorkerDescription } from "@convkit/schema";

/** Enough to tell which is the fastest. */
const MEASURE_MS = 200;

/** The fastest first; each is opened in a process of its own. */
export async function probeEngines(signal: AbortSignal): Promise<WorkerDescription["engines"]> {
  const found: { name: string; device: string; imagesPerSecond: number }[] = [];
  for (const name of ENGINE_ORDER) {
    signal.throwIfAborted();
    const report = await describeEngine(name, { durationMs: MEASURE_MS });
    if (!report.available || !report.canTrain) continue;
    const { device, speed } = report;
    found.push({ name, device: device.slice(0, 300), imagesPerSecond: speed.imagesPerSecond });
  }
  return found
    .sort((a, b) => b.imagesPerSecond - a.imagesPerSecond)
    .map(({ name, device }) => ({ name, device }));
}
