/** A command's work in its own process: one line of progress, an end in good order at Ctrl-C, at the second one at once. */
import type { CommandContext } from "../commands/command-context.js";
import { createLineWriter, type LineWriter } from "../display/line-writer.js";
import { watchInterrupts } from "./interrupts.js";
import { InterruptedError } from "./process-errors.js";

export interface InterruptibleWork {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Standard output's; standard error's beside JSON, which stays alone. */
  readonly writer: LineWriter;
}

export interface InterruptibleOptions {
  readonly json: boolean;
  /** What is left of work that is stopped, a sentence; asked for when it has stopped, if that depends on how far it came. */
  readonly kept: string | (() => string);
  /** What the second signal does. Default: ends the process. */
  readonly kill?: () => void;
}

/**
 * @returns what the work gives, once its line of progress is closed.
 * @throws {InterruptedError} if a signal ended it.
 */
export async function interruptible<T>(
  context: CommandContext,
  { json, kept, kill }: InterruptibleOptions,
  work: (work: InterruptibleWork) => Promise<T>,
): Promise<T> {
  const writer = createLineWriter(json ? context.stderr : context.stdout);
  const stopping = new AbortController();
  const interrupts = watchInterrupts({
    stop: (reason) => stopping.abort(new Error(reason)),
    kill: kill ?? (() => process.exit(interrupts.exitCode)),
  });
  try {
    return await work({ signal: stopping.signal, writer });
  } catch (error) {
    if (interrupts.exitCode === undefined) throw error;
    throw new InterruptedError(`Stopped. ${typeof kept === "string" ? kept : kept()}`, interrupts.exitCode);
  } finally {
    writer.close();
    interrupts.release();
  }
}
