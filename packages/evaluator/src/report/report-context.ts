/** What a report shows beside the judgement itself. Everything may be left out. */
import type { Logs } from "@convkit/schema";

export interface ReportContext {
  /** Shown as the heading; unless given, the model and the data. */
  readonly title?: string;
  readonly run?: RunFacts;
  /** The logs of each finished epoch, in order: loss, accuracy, val_loss, val_accuracy. */
  readonly history?: readonly EpochRecord[];
}

export interface RunFacts {
  readonly runId?: string;
  readonly model?: string;
  readonly parameters?: number;
  /** The engine's name, and what a reader should know of it: "native, 2 threads". */
  readonly engine?: string;
  readonly device?: string;
  readonly data?: string;
  /** Of the pictures and their labels, sha256. */
  readonly contentHash?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** Time of training. */
  readonly durationMs?: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** What trains it again, as it is typed. */
  readonly command?: string;
  /** Of what ran: Node, the engine's parts. */
  readonly versions?: Readonly<Record<string, string>>;
}

export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  readonly logs: Logs;
}
