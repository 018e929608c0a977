/** What a command that runs a training process shows: for people, or as one JSON object a line. */
import type { ChildMessage, ChildOutcome, JobResult } from "../process/protocol.js";

export interface RunDisplay {
  /** What the training process says. */
  message(message: Exclude<ChildMessage, ChildOutcome>): void;
  /** What the command itself has to say. */
  note(text: string): void;
  /** A line that a library printed. */
  output(line: string): void;
  /** The last thing shown where there is a result. */
  result(result: JobResult & { readonly exitCode: number }): void;
  /** Gives the terminal back. */
  close(): void;
}
