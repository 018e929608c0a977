/** What a step of airbench94 takes as its recipe for CIFAR-10 trains it, beside PyTorch, and what the whole run would. */
import { isMeasured, type MeasuredPeer, measurePeers } from "./measure-peers.js";
import type { PeerOptions } from "./peer.js";
import { peerThreads } from "./peer-threads.js";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { ratioSpread, spreadOf } from "./statistics.js";
import { RECIPE_BATCH_SIZE, RECIPE_PEERS, type StepPeerSpec } from "./step-peers.js";

const TURN_SECONDS = 4;
/** 10 epochs of 97 whole batches of 50,000 pictures. */
const STEPS = 970;

/** @param specs in pairs: native, and whom it is compared with. */
export async function measureRecipe(
  rounds: number,
  specs: readonly StepPeerSpec[] = RECIPE_PEERS,
  { turnSeconds = TURN_SECONDS, patienceMs }: PeerOptions & { readonly turnSeconds?: number } = {},
): Promise<BenchmarkResult> {
  const threads = peerThreads();
  const measurements = await measurePeers(specs, { rounds, threads, turnSeconds, patienceMs });
  let native: MeasuredPeer | null = null;
  const data = measurements.map((measurement) => {
    const { spec } = measurement;
    if (spec.group.startsWith("native")) native = isMeasured(measurement) ? measurement : null;
    if (!isMeasured(measurement)) return { peer: spec.name, notMeasured: measurement.notMeasured };
    const imagesPerSecond = spreadOf(measurement.imagesPerSecond);
    return {
      peer: spec.name,
      label: measurement.label,
      imagesPerSecond,
      minutes: (STEPS * spec.batchSize) / imagesPerSecond.median / 60,
      ratio: native && ratioSpread(native.imagesPerSecond, measurement.imagesPerSecond),
    };
  });
  return {
    title: "A recipe's steps",
    notes: [
      `airbench94 as \`cifar10-airbench94\` trains it, without its lookahead, on one batch of ${RECIPE_BATCH_SIZE}; ${threads} threads. No pictures are loaded or judged.`,
      ...data.flatMap((row) => ("label" in row ? [`${row.peer}: ${row.label}.`] : [])),
    ],
    columns: ["engine", "img/s", `${STEPS} steps`, "native is … times as fast"],
    rows: data.map((row) =>
      "notMeasured" in row
        ? [row.peer, `not measured: ${row.notMeasured}`, "", ""]
        : [
            row.peer,
            formatSpread(row.imagesPerSecond, 0),
            `${row.minutes.toFixed(1)} min`,
            row.ratio ? formatSpread(row.ratio, 2) : "",
          ],
    ),
    data: { threads, steps: STEPS, peers: data },
  };
}
