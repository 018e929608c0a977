/** Whether a stream is a terminal that lines can be redrawn on. */
import type { WriteStream } from "node:tty";

/** A terminal of no columns, as some schedulers and containers open, shows nothing in place. */
export function isTerminal(stream: NodeJS.WritableStream): boolean {
  const { isTTY = false, columns = 0 } = stream as Partial<WriteStream>;
  return isTTY && columns > 0;
}
