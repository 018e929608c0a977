/** How a job in a training process ends without a result. */
import type { ExitCode } from "../exit-codes.js";

/** The training process was killed by another or crashed; the message is the diagnosis and how to go on. */
export class ProcessDiedError extends Error {
  override readonly name = "ProcessDiedError";
}

/** The user ended the job before it had a result. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}

/** The engine was opened, but has no gradients. */
export class EngineCannotTrainError extends Error {
  override readonly name = "EngineCannotTrainError";
}
