/** What fetching and opening a data set is busy with. */
import { basename } from "node:path";
import type { DataProgress } from "@convkit/trainer";
import { formatBytes } from "./format.js";
import type { LineWriter } from "./line-writer.js";
import type { Colors } from "./text-display.js";

const VERB = { download: "fetching", unpack: "unpacking", check: "checking", compare: "comparing" } as const;

/** Waiting is said once, so it must not go under in a status that a log file sees only now and then. */
export function showDataProgress(progress: DataProgress, writer: LineWriter, colors: Colors): void {
  const line = colors.dim(describeDataProgress(progress));
  if (progress.phase === "wait") writer.print(line);
  else writer.status(line);
}

function describeDataProgress(progress: DataProgress): string {
  if (progress.phase === "wait") {
    const process = progress.pid === null ? "" : ` (pid ${progress.pid})`;
    return `waiting for another process${process} that fetches ${progress.what} …`;
  }
  const { phase, what, done, total, unit } = progress;
  const amount = (value: number): string =>
    unit === "bytes" ? formatBytes(value) : `${value.toLocaleString("en-US")} files`;
  const share =
    total === null || total === 0
      ? amount(done)
      : `${amount(done)} of ${amount(total)}, ${Math.floor((100 * done) / total)} %`;
  return `${VERB[phase]} ${basename(what)}: ${share}`;
}
