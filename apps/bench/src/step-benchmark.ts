/** The training step on the native engine, and on whatever else trains on this machine. */
import type { PeerOptions } from "./peer.js";
import { peerThreads } from "./peer-threads.js";
import { type BenchmarkResult, formatSpread, verdict } from "./report.js";
import { ratioSpread, type Spread, spreadOf } from "./statistics.js";
import { STEP_BATCH_SIZE, STEP_PEERS, type StepPeerSpec } from "./step-peers.js";
import { isMeasured, type MeasuredPeer, measurePeers, type PeerMeasurement } from "./measure-peers.js";

type Group = StepPeerSpec["group"];

/** How many times as many images per second as a group's fastest are promised, and aimed at. */
const TARGETS: Partial<Record<Group, { readonly target: number; readonly aim?: number }>> = {
  PyTorch: { target: 1.4, aim: 1.5 },
  "PyTorch, bf16": { target: 1.2 },
  "tfjs-node": { target: 5 },
};

/** Which of the native ones a group is compared with. */
const nativeFor = (group: Group): Group => (group.endsWith(", bf16") ? "native, bf16" : "native");

const TURN_SECONDS = 1;

type StepData =
  | {
      readonly peer: string;
      readonly notMeasured: string;
      /** If something is promised about its library, and no way of running that was measured. */
      readonly verdict?: string;
    }
  | {
      readonly peer: string;
      readonly label: string;
      readonly batchSize: number;
      readonly imagesPerSecond: Spread;
      /** Native, in the same precision, over this peer. Null without a native measurement. */
      readonly ratio: Spread | null;
      /** Whether it is the fastest way of running its library. */
      readonly counts: boolean;
      /** For the peer that counts, if something is promised about it. */
      readonly verdict?: string;
    };

export interface MeasureStepOptions extends PeerOptions {
  readonly turnSeconds?: number;
}

/**
 * A peer that is absent or goes away is reported as not measured, native included, and so is what is promised about
 * it.
 *
 * @param specs native first; all peers unless told.
 */
export async function measureStep(
  rounds: number,
  specs: readonly StepPeerSpec[] = STEP_PEERS,
  { turnSeconds = TURN_SECONDS, patienceMs }: MeasureStepOptions = {},
): Promise<BenchmarkResult> {
  const threads = peerThreads();
  const measurements = await measurePeers(specs, { rounds, threads, turnSeconds, patienceMs });
  const measured = measurements.filter(isMeasured);
  const data = measurements.map((measurement) => stepData(measurement, measured));
  return {
    title: "Training step",
    notes: [
      `Forward, loss, backward and update of the reference net: 3 stages of 2 × [conv 3×3 → batch norm → ReLU] with 32, 64 and 128 filters, max-pool 2 after each, dense 10; 32×32×3 pictures, batch ${STEP_BATCH_SIZE} (pure-JS cpu: ${batchSizeOf("cpu")}), SGD with Nesterov momentum, ${threads} threads.`,
      "Tensors are float32. In bf16 what convolutions multiply is rounded to bfloat16; PyTorch's is its autocast of the forward pass.",
      "Of the ways of running one library the fastest counts; bf16 is compared with bf16.",
      ...measured.map(({ spec, label }) => `${spec.name}: ${label}.`),
    ],
    columns: ["engine", "img/s", "native is … times as fast", "target"],
    rows: data.map(stepRow),
    data: { threads, peers: data },
  };
}

function stepData(measurement: PeerMeasurement, measured: readonly MeasuredPeer[]): StepData {
  const { spec } = measurement;
  const native = measured.find((other) => other.spec.group === nativeFor(spec.group));
  const peersOfGroup = measured.filter((other) => other.spec.group === spec.group);
  if (!isMeasured(measurement)) {
    const promise = peersOfGroup.length === 0 ? promiseAbout(spec.group, null) : undefined;
    return { peer: spec.name, notMeasured: measurement.notMeasured, ...(promise && { verdict: promise }) };
  }
  const speed = spreadOf(measurement.imagesPerSecond);
  const counts = peersOfGroup.every((other) => spreadOf(other.imagesPerSecond).median <= speed.median);
  const ratio = native ? ratioSpread(native.imagesPerSecond, measurement.imagesPerSecond) : null;
  const promise = counts ? promiseAbout(spec.group, ratio?.median ?? null) : undefined;
  return {
    peer: spec.name,
    label: measurement.label,
    batchSize: spec.batchSize,
    imagesPerSecond: speed,
    ratio,
    counts,
    ...(promise && { verdict: promise }),
  };
}

function promiseAbout(group: StepPeerSpec["group"], ratio: number | null): string | undefined {
  const targets = TARGETS[group];
  if (!targets) return undefined;
  const { target, aim } = targets;
  const reached = `${target}×: ${verdict(ratio, target)}`;
  return aim === undefined ? reached : `${reached}; aim ${aim}×: ${verdict(ratio, aim)}`;
}

function stepRow(data: StepData): string[] {
  const { peer, verdict: outcome = "" } = data;
  if ("notMeasured" in data) return [peer, `not measured: ${data.notMeasured}`, "", outcome];
  const { imagesPerSecond, ratio } = data;
  const digits = imagesPerSecond.median < 10 ? 2 : 0;
  return [peer, formatSpread(imagesPerSecond, digits), ratio ? formatSpread(ratio, 2) : "", outcome];
}

function batchSizeOf(group: StepPeerSpec["group"]): number | undefined {
  return STEP_PEERS.find((spec) => spec.group === group)?.batchSize;
}
