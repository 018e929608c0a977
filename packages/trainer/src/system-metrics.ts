/** What training takes of its machine: a `system` event about every five seconds, at a step's end. */
import type { TrainEventBody } from "@convkit/schema";
import type { Callback } from "./callback.js";
import type { DataWait } from "./data-wait.js";
import { GpuWatch, type GpuUsage } from "./gpu-usage.js";
import { readSystemMemory, type MemoryUse } from "./system-memory.js";

/** At one moment; what cannot be read is left out. */
export interface SystemReading {
  readonly atMs: number;
  /** Used by this process so far, all its threads together. */
  readonly cpuMicroseconds?: number | undefined;
  /** Time that the loop has spent so far waiting for data. */
  readonly waitedMs: number;
  /** Resident set of this process. */
  readonly memoryBytes?: number | undefined;
  readonly systemMemory?: MemoryUse | undefined;
  readonly gpu?: GpuUsage | undefined;
}

export interface SystemMetricsOptions {
  readonly emit: (event: TrainEventBody) => void;
  readonly wait: DataWait;
  /** Whether training runs on an NVIDIA GPU. */
  readonly onGpu: boolean;
  readonly intervalMs?: number;
}

/** A short run, too, says it once: at its end, if not before. Time counts from this call. */
export function systemMetrics(options: SystemMetricsOptions): Callback {
  const { emit, wait, onGpu, intervalMs = 5000 } = options;
  const gpu = onGpu ? new GpuWatch() : undefined;
  let before = takeReading(wait, gpu);
  let isSaid = false;
  void gpu?.ask();

  function say(step: number): void {
    const reading = takeReading(wait, gpu);
    emit({ type: "system", step, logs: systemLogs(before, reading) });
    before = reading;
    isSaid = true;
    void gpu?.ask();
  }

  let lastStep: number | null = null;
  return {
    name: "systemMetrics",
    onStepEnd({ step }) {
      lastStep = step;
      if (performance.now() - before.atMs >= intervalMs) say(step);
    },
    needsStep: () => false,
    onTrainEnd() {
      if (lastStep !== null && !isSaid) say(lastStep);
    },
  };
}

/**
 * Percentages over the time between two readings, and what the later one holds.
 * cpu = 100 · ΔCPU time ÷ Δt, data_wait = 100 · Δwaited ÷ Δt.
 */
export function systemLogs(before: SystemReading, after: SystemReading): Record<string, number> {
  const elapsedMs = after.atMs - before.atMs;
  const { cpuMicroseconds, waitedMs, memoryBytes, systemMemory, gpu } = after;
  const cpuMs =
    cpuMicroseconds !== undefined && before.cpuMicroseconds !== undefined
      ? (cpuMicroseconds - before.cpuMicroseconds) / 1000
      : undefined;
  const values = {
    cpu_percent: cpuMs !== undefined && elapsedMs > 0 ? (100 * cpuMs) / elapsedMs : undefined,
    memory_bytes: memoryBytes,
    system_memory_percent: systemMemory && (100 * systemMemory.usedBytes) / systemMemory.totalBytes,
    data_wait_percent: elapsedMs > 0 ? (100 * (waitedMs - before.waitedMs)) / elapsedMs : undefined,
    gpu_percent: gpu?.percent,
    gpu_memory_bytes: gpu?.memoryBytes,
  };
  const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known);
}

function takeReading({ waitedMs }: DataWait, gpu: GpuWatch | undefined): SystemReading {
  return {
    atMs: performance.now(),
    cpuMicroseconds: ifReadable(() => {
      const { user, system } = process.cpuUsage();
      return user + system;
    }),
    waitedMs,
    memoryBytes: ifReadable(() => process.memoryUsage.rss()),
    systemMemory: ifReadable(() => readSystemMemory()),
    gpu: gpu?.take(),
  };
}

/** Metrics are no reason for a run to fail. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
