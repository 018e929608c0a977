/** Events of a run as a trainer would write them, with numbers that a test can compute by hand. */
import { createHash } from "node:crypto";
import {
  RunConfig,
  type DatasetCard,
  type RunConfigInput,
  type TrainEvent,
  type TrainEventBody,
} from "@convkit/schema";

export const CARD: DatasetCard = {
  formatVersion: 1,
  name: "shapes",
  source: "./shapes",
  contentHash: "c0ffee",
  classNames: ["circle", "square"],
  imageShape: [8, 8, 3],
  splits: {
    train: { count: 80, perClass: [40, 40] },
    validation: { count: 20, perClass: [10, 10] },
    test: { count: 20, perClass: [10, 10] },
  },
  badFiles: [],
  warnings: [],
};

export interface MadeRun {
  readonly runId: string;
  readonly config?: Partial<RunConfigInput>;
  readonly attempt?: number;
  readonly card?: Partial<DatasetCard>;
  /** Milliseconds since the epoch of the first event; a second passes between two. */
  readonly startedAt?: number;
}

const STARTED_AT = Date.UTC(2026, 10, 26, 12);

/** Puts bodies into their envelopes, in order, from sequence 0. */
export function eventsOf(
  { runId, attempt = 1, startedAt = STARTED_AT }: MadeRun,
  bodies: readonly TrainEventBody[],
): TrainEvent[] {
  return bodies.map((body, sequence) => ({
    ...body,
    runId,
    attempt,
    sequence,
    timestamp: startedAt + sequence * 1000,
  }));
}

export function started({ config: chosen = {}, card = {} }: Omit<MadeRun, "runId"> = {}): TrainEventBody {
  const config = RunConfig.parse({ data: { source: "./shapes" }, model: "simple-cnn", epochs: 2, ...chosen });
  return {
    type: "runStarted",
    config,
    dataset: { ...CARD, ...card },
    engine: { name: "native", device: "a CPU", threads: 2, versions: {} },
    model: {
      name: "name" in config.model ? config.model.name : "custom",
      parameters: 1234,
      trainableParameters: 1200,
      flops: 5678,
    },
    stepsPerEpoch: 5,
  };
}

export function step(at: number, loss: number): TrainEventBody {
  return {
    type: "step",
    epoch: Math.ceil(at / 5),
    step: at,
    logs: { loss, learning_rate: 0.1 },
    imagesPerSecond: 100,
  };
}

export function epochEnded(epoch: number, logs: Record<string, number>): TrainEventBody {
  return { type: "epochEnded", epoch, step: epoch * 5, logs, durationMs: 2000 };
}

export function ended(
  status: "completed" | "stopped" | "interrupted" | "failed" = "completed",
): TrainEventBody {
  return { type: "runEnded", status, reason: `it ${status}` };
}

/** Two epochs of five steps: loss falls from 1 by 0.1 a step. */
export function wholeRun(run: MadeRun): TrainEvent[] {
  const steps = (from: number) =>
    Array.from({ length: 5 }, (_, index) => step(from + index, 1 - (from + index) / 10));
  return eventsOf(run, [
    started(run),
    ...steps(1),
    epochEnded(1, { loss: 0.7, accuracy: 0.6, val_loss: 0.65, val_accuracy: 0.62, learning_rate: 0.1 }),
    ...steps(6),
    epochEnded(2, { loss: 0.2, accuracy: 0.9, val_loss: 0.8, val_accuracy: 0.58, learning_rate: 0.1 }),
    { type: "evaluated", split: "test", count: 20, logs: { loss: 0.66, accuracy: 0.61 } },
    ended(),
  ]);
}

/** A file's event and its bytes. */
export function saved(path: string, bytes: Uint8Array): TrainEventBody {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    type: "artifactSaved",
    path,
    sha256,
    sizeBytes: bytes.byteLength,
    mediaType: "application/octet-stream",
  };
}
