/** Lines that stay, and under them, on a terminal, one status that is redrawn in place. */
import { createLogUpdate } from "log-update";
import { isTerminal } from "./terminal.js";

export interface LineWriter {
  /** @param to another stream that may show on the same terminal. */
  print(line: string, to?: NodeJS.WritableStream): void;
  /** Replaces the status. */
  status(text: string): void;
  /** Takes the status away. */
  close(): void;
}

/** How often a log file is told where things stand. */
const PLAIN_STATUS_MS = 30_000;
/** Faster than the eye reads is only flicker and load. */
const LIVE_STATUS_MS = 100;

export function createLineWriter(stream: NodeJS.WritableStream): LineWriter {
  return isTerminal(stream) ? liveWriter(stream) : plainWriter(stream);
}

function liveWriter(stream: NodeJS.WritableStream): LineWriter {
  const draw = createLogUpdate(stream);
  let current = "";
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    print(line, to = stream) {
      draw.clear();
      to.write(`${line}\n`);
      if (current !== "") draw(current);
    },
    status(text) {
      current = text;
      if (performance.now() - drawnAt < LIVE_STATUS_MS) return;
      drawnAt = performance.now();
      draw(text);
    },
    close() {
      current = "";
      draw.clear();
      draw.done();
    },
  };
}

function plainWriter(stream: NodeJS.WritableStream): LineWriter {
  let printedAt = performance.now();
  const print = (line: string, to = stream): void => {
    printedAt = performance.now();
    to.write(`${line}\n`);
  };
  return {
    print,
    status(text) {
      if (performance.now() - printedAt >= PLAIN_STATUS_MS) print(text);
    },
    close: () => undefined,
  };
}
