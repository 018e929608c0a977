/** Runs the parts of the GPU benchmark one after another within a budget: one that fails or takes too long leaves the others theirs. */
import { setTimeout } from "node:timers/promises";
import type { PartReport, GpuReport, GpuRow } from "./gpu-report.js";

/** For a part that was given up to come to its end. */
const PATIENCE_MS = 15_000;

export interface PartContext {
  /** Keeps a row even if the part fails after it. */
  readonly add: (row: GpuRow) => void;
  /** Aborted when the part is given up; asked between measurements. */
  readonly signal: AbortSignal;
}

export type Part = (context: PartContext) => Promise<void>;

export interface RunPartsOptions {
  readonly partSeconds: number;
  readonly totalSeconds: number;
  /** Errors that the device told since the last call. */
  readonly takeErrors: () => string[];
  /** Why no further part can run; null if one can. */
  readonly stopReason: () => string | null;
  /** Called after every part. */
  readonly save: () => void;
}

export async function runParts(
  parts: Readonly<Record<string, Part>>,
  report: GpuReport,
  { partSeconds, totalSeconds, takeErrors, stopReason, save }: RunPartsOptions,
): Promise<void> {
  const endsAtMs = performance.now() + totalSeconds * 1000;
  for (const [name, part] of Object.entries(parts)) {
    const result: PartReport = { seconds: 0, rows: [], errors: [] };
    report.parts[name] = result;
    const startedAtMs = performance.now();
    const budgetMs = Math.min(partSeconds * 1000, endsAtMs - startedAtMs);
    const reason = budgetMs <= 0 ? "not begun: the time was used up" : stopReason();
    if (reason === null) {
      await runPart(part, result, budgetMs);
      result.errors.push(...takeErrors());
    } else {
      result.errors.push(reason);
    }
    result.seconds = (performance.now() - startedAtMs) / 1000;
    save();
  }
}

async function runPart(part: Part, { rows, errors }: PartReport, budgetMs: number): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
  const timer = globalThis.setTimeout(() => {
    controller.abort(new Error(`given up after ${(budgetMs / 1000).toFixed(0)} seconds`));
  }, budgetMs);
  const working = part({ add: (row) => void rows.push(row), signal });
  try {
    await Promise.race([working, givenUp]);
  } catch (error) {
    // Or the next part would be timed beside it.
    await Promise.race([working.catch(() => undefined), setTimeout(PATIENCE_MS)]);
    errors.push(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}
