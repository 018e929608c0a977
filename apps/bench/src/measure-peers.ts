/** Starts peers, lets those that came up take turns, and stops them: each is measured, or there is a reason why not. */
import { type Peer, PeerError, type PeerOptions } from "./peer.js";
import { startPeer, type StepPeerSpec } from "./step-peers.js";
import { takeTurns, type TakeTurnsOptions } from "./take-turns.js";

export interface MeasuredPeer {
  readonly spec: StepPeerSpec;
  /** What runs there, versions included. */
  readonly label: string;
  readonly imagesPerSecond: readonly number[];
  readonly peakRssBytes: number;
}

export type PeerMeasurement = MeasuredPeer | { readonly spec: StepPeerSpec; readonly notMeasured: string };

export interface MeasurePeersOptions extends TakeTurnsOptions, PeerOptions {
  /** The same for every peer. */
  readonly threads: number;
}

export function isMeasured(measurement: PeerMeasurement): measurement is MeasuredPeer {
  return "label" in measurement;
}

/** @returns in the order of `specs`. */
export async function measurePeers(
  specs: readonly StepPeerSpec[],
  { threads, patienceMs, ...options }: MeasurePeersOptions,
): Promise<PeerMeasurement[]> {
  const starts: { spec: StepPeerSpec; started: Peer | PeerError }[] = [];
  for (const spec of specs) starts.push({ spec, started: await tryToStart(spec, threads, { patienceMs }) });
  const present = starts.flatMap(({ spec, started }) =>
    started instanceof PeerError ? [] : [{ spec, peer: started }],
  );
  const contestants = present.map(({ spec, peer }) => ({
    peer,
    batchSize: spec.batchSize,
    onlyOnce: spec.onlyOnce,
  }));
  const turns = await takeTurns(contestants, options).finally(() =>
    Promise.all(present.map(({ peer }) => peer.stop())),
  );

  return starts.map(({ spec, started }) => {
    if (started instanceof PeerError) return { spec, notMeasured: started.message };
    const { imagesPerSecond, peakRssBytes, failure } = turns[present.findIndex((one) => one.spec === spec)]!;
    if (failure !== null) return { spec, notMeasured: failure };
    return { spec, label: started.label, imagesPerSecond, peakRssBytes };
  });
}

async function tryToStart(
  spec: StepPeerSpec,
  threads: number,
  options: PeerOptions,
): Promise<Peer | PeerError> {
  try {
    return await startPeer(spec, threads, options);
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  }
}
