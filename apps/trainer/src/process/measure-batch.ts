/** One batch size in a process of its own: its memory is its own, and that it is killed for it is an answer too. */
import type { RunConfig } from "@convkit/schema";
import type { BatchSizeTrial } from "@convkit/trainer";
import { EXIT_CODES } from "../exit-codes.js";
import { InterruptedError, ProcessDiedError } from "./process-errors.js";
import { unpackError } from "./protocol.js";
import { startTrainingProcess, type TrainingProcessOptions } from "./training-process.js";

export interface MeasureBatchOptions extends TrainingProcessOptions {
  readonly home: string;
  /** Asks the process for its end. */
  readonly stopping: AbortSignal;
  /** Ends it at once. */
  readonly killing: AbortSignal;
}

/**
 * @throws {Error} the process's own, unless it is for want of memory.
 * @throws {ProcessDiedError} if it crashed.
 * @throws {InterruptedError} if the user ended it.
 */
export async function measureBatch(
  config: RunConfig,
  { home, stopping, killing, ...options }: MeasureBatchOptions,
): Promise<BatchSizeTrial> {
  const { batchSize } = config;
  const child = startTrainingProcess({ kind: "measure", home, config }, options);
  const stop = (): void => child.stop((stopping.reason as Error).message);
  const kill = (): void => child.kill();
  if (stopping.aborted) stop();
  stopping.addEventListener("abort", stop);
  killing.addEventListener("abort", kill);
  try {
    const outcome = await child.outcome;
    switch (outcome.type) {
      case "result":
        // Fewer than were asked for, where there are no more pictures.
        return { batchSize: outcome.result.batchSize, measurement: outcome.result };
      case "error":
        if (outcome.error.name !== "OutOfMemoryError") throw unpackError(outcome.error);
        return { batchSize, tooLarge: outcome.error.message };
      case "died":
        // Whoever kills for memory, the kernel or a guard outside, does it so.
        if (outcome.signal === "SIGKILL") return { batchSize, tooLarge: outcome.diagnosis };
        throw new ProcessDiedError(`${outcome.diagnosis}\nNothing was kept.`);
      case "aborted":
      case "killed":
        throw new InterruptedError("Stopped. Nothing was kept.", EXIT_CODES.interrupted);
      default:
        return outcome satisfies never;
    }
  } finally {
    stopping.removeEventListener("abort", stop);
    killing.removeEventListener("abort", kill);
  }
}
