/** What every command is handed: where to write, and where its exit code goes. */
import type { Colors } from "../display/text-display.js";
import type { ExitCode } from "../exit-codes.js";

export interface CommandContext {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Colours of stdout: none where it is no terminal. */
  readonly colors: Colors;
  /** Absolute path of the folder with `runs/` and `datasets/`. */
  readonly home: string;
  exit(code: ExitCode): void;
}

/** Writes lines to stdout. */
export function print(context: CommandContext, lines: readonly string[]): void {
  for (const line of lines) context.stdout.write(`${line}\n`);
}

/** Writes one JSON value as a line to stdout. */
export function printJson(context: CommandContext, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value)}\n`);
}
