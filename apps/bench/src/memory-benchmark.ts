/** Peak resident memory of the processes that take training steps. */
import { isMeasured, measurePeers, type PeerMeasurement } from "./measure-peers.js";
import { peerThreads } from "./peer-threads.js";
import type { BenchmarkResult } from "./report.js";
import { STEP_BATCH_SIZE, STEP_PEERS } from "./step-peers.js";

const TURN_SECONDS = 0.5;
/** Its batch is another one, so its memory compares with nothing. */
const comparablePeers = STEP_PEERS.filter(({ batchSize }) => batchSize === STEP_BATCH_SIZE);

export async function measureMemory(rounds: number): Promise<BenchmarkResult> {
  const threads = peerThreads();
  const measurements = await measurePeers(comparablePeers, { rounds, threads, turnSeconds: TURN_SECONDS });
  const native = measurements.filter(isMeasured).find(({ spec }) => spec.group === "native");
  const ratioOf = (bytes: number) => (native ? native.peakRssBytes / bytes : null);
  return {
    title: "Peak memory",
    notes: [
      `Peak resident memory of a process that takes the training steps above: batch ${STEP_BATCH_SIZE}, ${threads} threads, the runtime and its libraries included. One process each, so there is no spread.`,
    ],
    columns: ["engine", "peak, MiB", "native takes … times as much"],
    rows: measurements.map((measurement) => memoryRow(measurement, ratioOf)),
    data: measurements.map((measurement) =>
      isMeasured(measurement)
        ? {
            peer: measurement.spec.name,
            label: measurement.label,
            peakRssBytes: measurement.peakRssBytes,
            ratio: ratioOf(measurement.peakRssBytes),
          }
        : { peer: measurement.spec.name, notMeasured: measurement.notMeasured },
    ),
  };
}

function memoryRow(measurement: PeerMeasurement, ratioOf: (bytes: number) => number | null): string[] {
  const { spec } = measurement;
  if (!isMeasured(measurement)) return [spec.name, `not measured: ${measurement.notMeasured}`, ""];
  const { peakRssBytes } = measurement;
  return [spec.name, (peakRssBytes / 2 ** 20).toFixed(0), ratioOf(peakRssBytes)?.toFixed(2) ?? ""];
}
