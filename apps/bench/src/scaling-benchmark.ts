/** The native training step with 1 thread and more: a process for each, taking turns. */
import { availableParallelism } from "node:os";
import { isMeasured, measurePeers } from "./measure-peers.js";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { ratioSpread, spreadOf } from "./statistics.js";
import { nativePeer, STEP_BATCH_SIZE } from "./step-peers.js";

const TURN_SECONDS = 1;

/** Without a native engine every row says so. */
export async function measureScaling(rounds: number): Promise<BenchmarkResult> {
  const counts = threadCounts(availableParallelism());
  // The same peer with its own number of threads each, whatever the others have.
  const specs = counts.map((threads) => ({ ...nativePeer, commands: () => nativePeer.commands(threads) }));
  const measurements = await measurePeers(specs, { rounds, threads: 1, turnSeconds: TURN_SECONDS });
  const single = measurements[0]!;
  const data = measurements.map((measurement, i) => {
    const threads = counts[i]!;
    if (!isMeasured(measurement)) return { threads, notMeasured: measurement.notMeasured };
    const { imagesPerSecond } = measurement;
    const speedup = isMeasured(single) ? ratioSpread(imagesPerSecond, single.imagesPerSecond) : null;
    return { threads, imagesPerSecond: spreadOf(imagesPerSecond), speedup };
  });
  return {
    title: "Thread scaling",
    notes: [`The training step above on the native engine, batch ${STEP_BATCH_SIZE}.`],
    columns: ["threads", "img/s", "times as fast as 1 thread"],
    rows: data.map((row) =>
      "notMeasured" in row
        ? [String(row.threads), `not measured: ${row.notMeasured}`, ""]
        : [
            String(row.threads),
            formatSpread(row.imagesPerSecond, 0),
            row.speedup ? formatSpread(row.speedup, 2) : "",
          ],
    ),
    data,
  };
}

/** 1, 2, 4 … and all. */
function threadCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}
