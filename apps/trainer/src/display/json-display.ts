/** `--json`: train events as they stand in the journal, and a few lines of the command's own, one object a line. */
import { stringifyWithSpelledNumbers } from "@convkit/schema";
import type { RunDisplay } from "./run-display.js";

export interface JsonDisplayStreams {
  readonly stdout: NodeJS.WritableStream;
  /** Takes what libraries print, so that stdout holds nothing but JSON. */
  readonly stderr: NodeJS.WritableStream;
}

export function createJsonDisplay({ stdout, stderr }: JsonDisplayStreams): RunDisplay {
  const write = (value: object): void => void stdout.write(`${stringifyWithSpelledNumbers(value)}\n`);
  return {
    message: (message) => write(message.type === "event" ? message.event : message),
    note: (text) => write({ type: "note", text }),
    output: (line) => void stderr.write(`${line}\n`),
    result: (result) => write({ type: "result", ...result }),
    close: () => undefined,
  };
}
