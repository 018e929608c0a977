/** The native training step with 1 thread and more: a process for each, taking turns. */
import { availableParallelism } from "node:os";
import { type Peer, PeerError } from "./peer.js";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { ratioSpread, spreadOf } from "./statistics.js";
import { nativePeer, startPeer, STEP_BATCH_SIZE } from "./step-peers.js";
import { takeTurns } from "./take-turns.js";

const TURN_SECONDS = 1;

/** @throws {PeerError} if the native engine does not come up, or goes away. */
export async function measureScaling(rounds: number): Promise<BenchmarkResult> {
  const counts = threadCounts(availableParallelism());
  const peers: Peer[] = [];
  for (const threads of counts) peers.push(await startPeer(nativePeer, threads));
  const turns = await takeTurns(
    peers.map((peer) => ({ peer, batchSize: STEP_BATCH_SIZE })),
    { rounds, turnSeconds: TURN_SECONDS },
  );
  await Promise.all(peers.map((peer) => peer.stop()));
  const failure = turns.find((turn) => turn.failure !== null)?.failure;
  if (failure != null) throw new PeerError(failure);

  const [single] = turns;
  const data = turns.map(({ imagesPerSecond }, i) => ({
    threads: counts[i]!,
    imagesPerSecond: spreadOf(imagesPerSecond),
    speedup: ratioSpread(imagesPerSecond, single!.imagesPerSecond),
  }));
  return {
    title: "Thread scaling",
    notes: [`The training step above on the native engine, batch ${STEP_BATCH_SIZE}.`],
    columns: ["threads", "img/s", "times as fast as 1 thread"],
    rows: data.map(({ threads, imagesPerSecond, speedup }) => [
      String(threads),
      formatSpread(imagesPerSecond, 0),
      formatSpread(speedup, 2),
    ]),
    data,
  };
}

/** 1, 2, 4 … and all. */
function threadCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}
